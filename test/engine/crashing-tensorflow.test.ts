import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { libraryNames } from '../../src/main/engine/training/backends/tensorflow-home.ts'
import { endOf, startEngineProcess, startRun, type EngineProcess } from '../support/engine-process.ts'
import { deleteWorkspace, temporaryWorkspace } from '../support/served-app.ts'

const TINY = `
data: { source: inline, columns: [a, b, y], target: y, rows: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]] }
model: { layers: [{ type: dense, units: 1, activation: sigmoid }] }
fit: { loss: binaryCrossentropy, epochs: 3, batchSize: 4 }
`

let home: string
let workspace: string
let engine: EngineProcess
const before = process.env['MINIMA_TENSORFLOW_HOME']

/** A setup whose native code ends the process that loads it, as a library that is cut off does. */
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'minima-crash-'))
  const dir = join(home, 'cpu')
  const binding = join(dir, 'lib/napi-v8/crash.cjs')
  mkdirSync(join(dir, 'lib/napi-v8'), { recursive: true })
  mkdirSync(join(dir, 'deps/lib'), { recursive: true })
  for (const name of libraryNames()) writeFileSync(join(dir, 'deps/lib', name), '')
  writeFileSync(binding, "process.kill(process.pid, 'SIGBUS')")
  const record = { flavor: 'cpu', version: '2.21.0', source: 'a test', dir, bytes: 0, device: 'CPU', binding }
  writeFileSync(join(home, 'current.json'), JSON.stringify(record))
  process.env['MINIMA_TENSORFLOW_HOME'] = home
  workspace = temporaryWorkspace()
  engine = await startEngineProcess(workspace)
})
afterEach(async () => {
  await engine.kill('SIGTERM')
  deleteWorkspace(workspace)
  if (before === undefined) delete process.env['MINIMA_TENSORFLOW_HOME']
  else process.env['MINIMA_TENSORFLOW_HOME'] = before
  rmSync(home, { recursive: true })
})

test('native code that ends its trainer is told of, and the run trains without it', async () => {
  const { connection } = engine
  const { runId } = await startRun(connection, TINY)
  await endOf(connection, runId)
  const run = await connection.request('runs.get', { runId })
  const why =
    'On native TensorFlow the trainer process was ended by SIGBUS before the first step; `minima doctor` says what mends it'
  expect([run.state, run.backend, run.notices, run.environment?.backendReason]).toEqual([
    'finished',
    'wasm',
    [why],
    why,
  ])

  const named = await startRun(connection, `${TINY}backend: tensorflow\n`)
  await endOf(connection, named.runId)
  expect((await connection.request('runs.get', { runId: named.runId })).state).toBe('crashed')
})
