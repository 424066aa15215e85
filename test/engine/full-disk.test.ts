import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunRecord } from '../../src/contract/run.ts'
import { isLive } from '../../src/contract/terms.ts'
import { LONG_EXPERIMENT, pointsOf, startEngineProcess, startRun } from '../support/engine-process.ts'
import { deleteWorkspace, eventually, temporaryWorkspace } from '../support/served-app.ts'

let disk: string

beforeEach((context) => {
  disk = temporaryWorkspace()
  const mounted =
    process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0
  context.skip(!mounted, 'only root on Linux can mount a small disk')
})
afterEach(() => {
  spawnSync('umount', [disk])
  deleteWorkspace(disk)
})

test('a disk that fills up ends the run with the reason; the engine answers on, and stores the end once there is room', async () => {
  const workspace = join(disk, 'workspace')
  const engine = await startEngineProcess(workspace)
  const { connection } = engine
  const ended = new Promise<RunRecord>((done) => {
    connection.on('runChanged', ({ run }) => {
      if (!isLive(run.state)) done(run)
    })
  })
  const { runId } = await startRun(connection, LONG_EXPERIMENT)
  const told = await ended
  expect([told.state, told.error]).toMatchObject([
    'failed',
    { code: 'workspace-unusable', message: expect.stringMatching(/^the disk is full; free some space/) },
  ])
  expect(await pointsOf(connection, runId)).toBeGreaterThan(0)

  spawnSync('mount', ['-o', 'remount,size=64m', disk])
  await eventually('the end to be stored', async () => {
    const run = await connection.request('runs.get', { runId })
    return run.state === 'failed'
  })
  await engine.kill('SIGTERM')
  rmSync(workspace, { recursive: true })
})
