import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  endOf,
  hasPoints,
  isTrainer,
  LONG_EXPERIMENT,
  pointsOf,
  startEngineProcess,
  startRun,
  trainersOf,
  type EngineProcess,
} from '../support/engine-process.ts'
import { deleteWorkspace, eventually, runCommand, temporaryWorkspace } from '../support/served-app.ts'

let workspace: string
let engine: EngineProcess

beforeEach(async () => {
  workspace = temporaryWorkspace()
  engine = await startEngineProcess(workspace)
})
afterEach(async () => {
  if (engine.process.exitCode === null && engine.process.signalCode === null) await engine.kill('SIGTERM')
  deleteWorkspace(workspace)
})

test('an engine killed in mid-training leaves no trainer behind for two seconds, and no flushed point is lost', async () => {
  const { connection } = engine
  const { runId } = await startRun(connection, LONG_EXPERIMENT)
  await hasPoints(connection, runId, 50)
  const [trainer] = trainersOf(engine.process.pid ?? 0)
  expect(trainer).toBeDefined()
  const flushed = await pointsOf(connection, runId)
  await engine.kill('SIGKILL')
  const killedAt = Date.now()
  await eventually('the trainer to end', () => !isTrainer(trainer ?? 0), 5_000)
  expect(Date.now() - killedAt).toBeLessThan(2_000)

  engine = await startEngineProcess(workspace)
  const run = await engine.connection.request('runs.get', { runId })
  expect([run.state, run.error?.message]).toEqual(['crashed', 'the engine ended while it trained'])
  expect(await pointsOf(engine.connection, runId)).toBeGreaterThanOrEqual(flushed)
})

test('a trainer killed with -9 ends its own run as crashed; the others go on', async () => {
  const { connection } = engine
  const doomed = await startRun(connection, LONG_EXPERIMENT)
  await hasPoints(connection, doomed.runId, 1)
  const [pid] = trainersOf(engine.process.pid ?? 0)
  const other = await startRun(connection, LONG_EXPERIMENT)
  await hasPoints(connection, other.runId, 1)
  process.kill(pid ?? 0, 'SIGKILL')
  const ended = await endOf(connection, doomed.runId)
  expect([ended.state, ended.error]).toEqual([
    'crashed',
    {
      code: 'trainer-died',
      message: 'the trainer process was ended by SIGKILL',
      details: { stderr: expect.any(String) },
    },
  ])
  const before = await pointsOf(connection, other.runId)
  await hasPoints(connection, other.runId, before + 50)
  await connection.request('runs.stop', { runId: other.runId })
  expect((await endOf(connection, other.runId)).state).toBe('stopped')
})

test('a loss that is not finite stops the run, names the step and keeps the last good weights', async () => {
  const { connection } = engine
  const { runId } = await startRun(connection, LONG_EXPERIMENT, {
    'fit.loss': 'meanSquaredError',
    'fit.metrics': [],
    'fit.optimizer': { type: 'sgd', learningRate: 1e30 },
    'model.layers.1.activation': 'linear',
    'model.layers.0.activation': 'linear',
  })
  const run = await endOf(connection, runId)
  expect([run.state, run.error?.code]).toEqual(['failed', 'loss-not-finite'])
  expect(run.error?.message).toMatch(
    /^the loss became (NaN|Infinity) at step \d+ \(epoch \d+\); the weights it started with are kept/,
  )
  const { weightsDir } = await connection.request('runs.get', { runId })
  const weights = readFileSync(join(weightsDir ?? '', 'last-good', 'weights.bin'))
  const values = new Float32Array(weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength))
  expect(values.every(Number.isFinite)).toBe(true)
  const series = await connection.request('series.list', { runId })
  const isNan = run.error?.message.startsWith('the loss became NaN')
  expect(series.find(({ tag }) => tag === 'train/loss')?.nanCount).toBe(isNan ? 1 : 0)
})

test('a third run waits in the queue, and can be stopped there', async () => {
  const { connection } = engine
  const running = [await startRun(connection, LONG_EXPERIMENT), await startRun(connection, LONG_EXPERIMENT)]
  const waiting = await startRun(connection, LONG_EXPERIMENT)
  expect([...running, waiting].map(({ name, state }) => [name, state])).toEqual([
    ['long', 'running'],
    ['long 2', 'running'],
    ['long 3', 'queued'],
  ])
  await connection.request('runs.stop', { runId: waiting.runId })
  expect((await connection.request('runs.list', {})).map(({ name, state }) => [name, state])).toContainEqual([
    'long 3',
    'stopped',
  ])
})

test('a second engine on one workspace finds the first and says so', async () => {
  const refused = startEngineProcess(workspace)
  await expect(refused).rejects.toThrow('another engine has this workspace open')
  const { code, stdout } = await runCommand(workspace, ['serve'])
  expect(code).toBe(0)
  expect(stdout).toContain(`http://127.0.0.1:${engine.file.port}/#t=${engine.file.token}`)
  expect(stdout).toContain('an engine was already serving this workspace')
})

test('a stale engine.json is not trusted', async () => {
  await engine.kill('SIGKILL')
  expect(readdirSync(workspace)).toContain('engine.json')
  const { code, stdout } = await runCommand(workspace, ['runs'])
  expect([code, stdout.trim()]).toEqual([0, 'No runs yet. `npm run demo` trains one.'])
})

test('a workspace that cannot be written says so in one line', async () => {
  const file = join(workspace, 'a-file')
  writeFileSync(file, '')
  const { code, stderr } = await runCommand(join(file, 'workspace'), ['runs'])
  expect(code).toBe(1)
  expect(stderr.trim()).toMatch(/^the workspace folder cannot be made: .*ENOTDIR/)
})
