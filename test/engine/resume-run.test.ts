/** Runs that go on in a later engine, and range tests: the engine with its trainers, from the sources. */
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunDetail } from '../../src/contract/run.ts'
import { isLive, type RunId } from '../../src/contract/terms.ts'
import { createEngine, type Engine } from '../../src/main/engine/index.ts'
import { checkpointPath, readPosition } from '../../src/main/engine/training/checkpoints/checkpoint-file.ts'
import { deleteWorkspace, eventually, ROOT, temporaryWorkspace } from '../support/served-app.ts'

const EPOCHS = 1_000

const TEXT = `
name: xor
backend: wasm
data: { source: inline, columns: [a, b, y], target: y, rows: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]] }
split: { validation: 1 }
model: { layers: [{ type: dense, units: 4, activation: tanh }, { type: dense, units: 1, activation: sigmoid }] }
fit:
  loss: binaryCrossentropy
  optimizer: { type: adam, learningRate: 0.01 }
  epochs: ${EPOCHS}
  batchSize: 1
  callbacks: [{ type: backupAndRestore }]
`
const STEPS_PER_EPOCH = 3

let workspace: string
let engine: Engine

beforeEach(() => {
  workspace = temporaryWorkspace()
  engine = openEngine()
})
afterEach(async () => {
  await engine.close({ stopRuns: false })
  deleteWorkspace(workspace)
})

function openEngine(): Engine {
  return createEngine({
    workspaceDir: workspace,
    version: '0.1.0',
    trainerScript: resolve(ROOT, 'src/main/engine/training/trainer-process.ts'),
    scriptProgram: 'none',
    pageDir: workspace,
    examplesDir: workspace,
  })
}

function detailOf(runId: RunId): Promise<RunDetail> {
  return Promise.resolve(engine.handlers['runs.get']({ runId }))
}

async function start(overrides: Record<string, unknown> = {}): Promise<RunId> {
  const params = { text: TEXT, baseDir: workspace, path: null, overrides, name: null, script: false }
  return (await engine.handlers['runs.start'](params)).runId
}

function resume(runId: RunId, overrides: Record<string, unknown> = {}) {
  return engine.handlers['runs.resume']({ runId, runScript: false, experiment: null, overrides })
}

function endOf(runId: RunId): Promise<RunDetail> {
  return eventually(
    'the end of the run',
    async () => {
      const run = await detailOf(runId)
      return isLive(run.state) ? null : run
    },
    60_000,
  )
}

const dirOf = (runId: RunId): string => join(workspace, 'runs', runId)
const weightsOf = (runId: RunId): string => readFileSync(join(dirOf(runId), 'final/weights.bin')).toString('hex')

test('a run whose engine died goes on in the same run, with the same weights', { timeout: 120_000 }, async () => {
  const cut = await start()
  await eventually('some epochs', () => (readPosition(dirOf(cut))?.epoch ?? 0) >= 50, 60_000)
  await engine.close({ stopRuns: false })
  const { epoch = NaN } = readPosition(dirOf(cut)) ?? {}
  expect(epoch).toBeLessThan(EPOCHS)

  engine = openEngine()
  const { startedAt } = await detailOf(cut)
  expect(await resume(cut)).toMatchObject({ runId: cut, state: 'running', error: null, startedAt })
  await expect(resume(cut)).rejects.toThrow('xor is running: it goes on by itself')
  const whole = await start()
  const [resumed] = await Promise.all([endOf(cut), endOf(whole)])
  expect([resumed.state, resumed.error]).toEqual(['finished', null])
  expect(resumed.notices).toContainEqual(`Resumed after step ${epoch * STEPS_PER_EPOCH}, in epoch ${epoch + 1}`)
  const series = await engine.handlers['series.list']({ runId: cut })
  const counts = Object.fromEntries(series.map(({ tag, count }) => [tag, count]))
  expect(counts).toMatchObject({
    'train/loss': EPOCHS * STEPS_PER_EPOCH,
    'epoch/loss': EPOCHS,
    'validation/loss': EPOCHS,
  })
  expect(weightsOf(cut)).toBe(weightsOf(whole))
})

test(
  'a run that is stopped goes on within its epoch; one that is done wants more epochs',
  { timeout: 120_000 },
  async () => {
    const runId = await start({ 'fit.epochs': 1e6 })
    await eventually('steps', async () => ((await detailOf(runId)).progress?.step ?? 0) > 100, 60_000)
    await engine.handlers['runs.stop']({ runId })
    const { epoch = 0, step = 0 } = readPosition(dirOf(runId)) ?? {}
    expect((await detailOf(runId)).state).toBe('stopped')
    await resume(runId, { 'fit.epochs': epoch + 2 })
    const ended = await endOf(runId)
    expect([ended.state, ended.hparams['epochs']]).toEqual(['finished', epoch + 2])
    expect(ended.notices.at(-1)).toBe(`Resumed after step ${step}, in epoch ${epoch + 1}`)
    await expect(resume(runId)).rejects.toThrow(
      /^xor has trained all of its \d+ epochs; give it more to go on: --set fit\.epochs=/,
    )
  },
)

test('a run without a checkpoint, or of another model, cannot go on', { timeout: 120_000 }, async () => {
  const runId = await start({ 'fit.epochs': 1 })
  await endOf(runId)
  await resume(runId, { 'fit.epochs': 2, 'model.layers.0.units': 5 })
  expect((await endOf(runId)).error?.message).toMatch(
    /^the checkpoint is of another model: it has 8 numbers for .*kernel.*, which has 10/,
  )
  await resume(runId, { 'fit.epochs': 2, 'fit.seed': 9, 'model.layers.0.units': 4 })
  expect((await endOf(runId)).error?.message).toMatch(/seed was 0 and is 9 now/)
  rmSync(checkpointPath(dirOf(runId)))
  await expect(resume(runId)).rejects.toThrow('xor has no checkpoint to resume from; it can only be trained anew')
})

test('a range test is a run with the losses of its rates and a suggestion', { timeout: 120_000 }, async () => {
  const range = { from: 1e-4, to: 100, iterations: 120 }
  const { runId, name } = await engine.handlers['runs.findLearningRate']({
    text: TEXT,
    baseDir: workspace,
    path: null,
    overrides: { 'fit.batchSize': 3, 'fit.optimizer': { type: 'sgd' } },
    name: null,
    script: false,
    range,
  })
  const run = await endOf(runId)
  expect([name, run.state, run.error]).toEqual(['xor lr-find', 'finished', null])
  expect(run.hparams).toMatchObject({ lrFrom: 1e-4, lrTo: 100, lrIterations: 120 })
  expect(run.notices.at(-1)).toMatch(/^(Suggested learning rate [\d.e-]+|No suggestion): .*loss/)
  const series = await engine.handlers['series.list']({ runId })
  expect(series.find(({ tag }) => tag === 'lr_find/learning_rate')?.first.value).toBe(1e-4)
  expect(series.map(({ tag }) => tag)).toEqual(expect.arrayContaining(['lr_find/loss', 'lr_find/smoothed_loss']))
})
