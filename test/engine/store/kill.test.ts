/** A process that is killed with -9 in the middle of appending loses nothing that it was told is safe. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { readPoints } from '../../../src/main/engine/store/read-points.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { RUN, temporaryDir } from './temporary-workspace.ts'

const CHILD = join(import.meta.dirname, 'appending-child.ts')

/** @returns how many points the child had been told are safe, of each of its two series. */
async function appendUntilKilled(dir: string, batchPoints: number, kills: number): Promise<number> {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, dir, String(batchPoints)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let acknowledged = 0
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line)
    if (acknowledged >= kills) child.kill('SIGKILL')
  }
  await exited
  return acknowledged
}

test.each([
  [1, 100],
  [7, 1000],
  [300, 20_000],
])('batches of %i points, killed after %i', async (batchPoints, kills) => {
  const dir = temporaryDir()
  const acknowledged = await appendUntilKilled(dir, batchPoints, kills)
  const store = openStore(dir, { chunkPoints: 64, fanOut: 4 })
  const [a, b] = ['a', 'b'].map((tag) => readPoints(store, RUN, tag))
  const count = a?.steps.length ?? 0
  const expected = Float64Array.from({ length: count }, (_, step) => step)
  expect({
    acknowledgedAreThere: acknowledged > 0 && count >= acknowledged,
    wholeBatches: count % batchPoints,
    a,
    b,
    crashed: store.runs.markCrashed('killed'),
    endedAt: store.runs.get(RUN)?.endedAt,
    counts: store.listSeries(RUN).map((series) => series.count),
  }).toEqual({
    acknowledgedAreThere: true,
    wholeBatches: 0,
    a: { steps: expected, wallTimes: expected.map((step) => 1000 + step / 8), values: expected.map(Math.sqrt) },
    b: a,
    crashed: [RUN],
    endedAt: 1000 + (count - 1) / 8,
    counts: [count, count],
  })
  store.close()
})
