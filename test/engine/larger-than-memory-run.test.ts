/** A run of a CSV that is larger than the memory it may take: through engine and trainer, stopped while the file is read, and whole. */
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunRecord } from '../../src/contract/run.ts'
import { endOf, startEngineProcess, startRun, type EngineProcess } from '../support/engine-process.ts'
import { deleteWorkspace, temporaryWorkspace } from '../support/served-app.ts'

let dir: string
let engine: EngineProcess

beforeEach(async () => {
  dir = temporaryWorkspace()
  vi.stubEnv('MINIMA_CACHE', join(dir, 'cache'))
  engine = await startEngineProcess(join(dir, 'workspace'))
})
afterEach(async () => {
  await engine.kill('SIGKILL')
  vi.unstubAllEnvs()
  deleteWorkspace(dir)
})

const LINES_AT_ONCE = 1_000

/** Some 24 bytes a row. */
function writeRows(path: string, rows: number): void {
  const file = openSync(path, 'w')
  writeSync(file, 'a,b,y\n')
  for (let first = 0; first < rows; first += LINES_AT_ONCE) {
    const lines = Array.from({ length: LINES_AT_ONCE }, (_, index) => {
      const row = first + index
      return `${Math.sin(row).toFixed(6)},${Math.cos(row).toFixed(6)},${row % 3}\n`
    })
    writeSync(file, lines.join(''))
  }
  closeSync(file)
}

function experiment(file: string): string {
  return JSON.stringify({
    name: 'large',
    data: { source: 'csv', file, target: 'y', memory: '1MB' },
    preprocess: [{ type: 'standardize' }],
    split: { validation: 0.1 },
    model: { layers: [{ type: 'dense', units: 3, activation: 'softmax' }] },
    fit: { loss: 'sparseCategoricalCrossentropy', batchSize: 1024 },
  })
}

function packed(): string[] {
  return readdirSync(join(dir, 'cache/rows')).filter((name) => name.endsWith('.rows'))
}

test('it is stopped while the file is read, and nothing is left of that', { timeout: 60_000 }, async () => {
  const file = join(dir, 'large.csv')
  writeRows(file, 3_000_000)
  const { connection } = engine
  const reading = new Promise<RunRecord>((done) => {
    connection.on('runChanged', ({ run }) => {
      if (run.progress?.phase === 'preparing') done(run)
    })
  })
  const { runId } = await startRun(connection, experiment(file))
  const { progress } = await reading
  expect(progress?.step).toBeLessThan(100)
  await connection.request('runs.stop', { runId })
  expect((await endOf(connection, runId)).state).toBe('stopped')
  expect(readdirSync(join(dir, 'cache/rows'))).toEqual([])
})

test('it is checked by its beginning, trains, and is known from then on', { timeout: 60_000 }, async () => {
  const file = join(dir, 'large.csv')
  writeRows(file, 234_000)
  const { connection } = engine
  const check = () => connection.request('experiments.check', { text: experiment(file), baseDir: dir })
  const before = await check()
  expect(before.problems).toEqual([])
  expect(before.outline?.rows.train).not.toBe(210_600)
  const { runId } = await startRun(connection, experiment(file))
  expect((await endOf(connection, runId)).state).toBe('finished')
  const run = await connection.request('runs.get', { runId })
  expect(run.notices.join('\n')).toMatch(/234000 rows \(2.8 MB\) are read from the disk as they are needed, packed in/)
  expect(packed()).toHaveLength(1)
  expect((await check()).outline?.rows).toEqual({ train: 210_600, validation: 23_400, test: 0 })
})
