/** Runs: written in part, read whole, listed with the best of their headline, and crashed when their engine is gone. */
import { expect, test } from 'vitest'
import type { LogRecord } from '../../../src/contract/log-record.ts'
import { runDetail, runRecord, type RunDetail } from '../../../src/contract/run.ts'
import { runId } from '../../../src/contract/terms.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { temporaryDir } from './temporary-workspace.ts'

const ID = runId.parse('abc')

const BARE: RunDetail = {
  runId: ID,
  name: 'mlp',
  experiment: null,
  state: 'queued',
  createdAt: 1234.5,
  startedAt: null,
  endedAt: null,
  hparams: {},
  best: null,
  progress: null,
  stepsPerEpoch: null,
  backend: null,
  error: null,
  sourceText: null,
  sourcePath: null,
  config: null,
  environment: null,
  model: null,
  rows: null,
  metrics: {},
  notices: [],
  weightsDir: null,
}

const PATCH = {
  name: 'mlp 2',
  experiment: 'fashion',
  state: 'failed',
  startedAt: 1235,
  endedAt: 1300.25,
  hparams: { lr: 0.1, nesterov: false, schedule: null, optimizer: 'sgd' },
  progress: { phase: 'training', epoch: 1, epochs: 3, step: 40, stepsPerEpoch: 1719, msPerStep: 2.5, etaSecs: null },
  stepsPerEpoch: 1719,
  backend: 'wasm',
  error: { code: 'loss-not-finite', message: 'the loss is NaN at step 41', details: { step: 41 } },
  sourceText: 'model: []\n',
  sourcePath: 'mlp.yaml',
  config: { fit: { epochs: 3 } },
  environment: {
    minima: '0.1.0',
    node: 'v24',
    tfjs: null,
    backend: 'wasm',
    backendReason: 'nothing better',
    device: 'CPU',
    os: 'Linux',
    cpu: 'a CPU',
    cpuCores: 2,
    memoryBytes: 8e9,
    gpu: null,
    commandLine: 'minima train mlp.yaml',
    workingDir: '.',
    seed: 1,
    git: { commit: 'c0ffee', branch: null, dirty: true, diff: '+1' },
  },
  model: {
    inputShape: [784],
    layers: [{ name: 'dense', type: 'Dense', outputShape: [10], params: 7850, trainableParams: 7850 }],
    params: 7850,
    trainableParams: 7850,
  },
  rows: { train: 55_000, validation: 5000, test: 10_000 },
  metrics: { 'test/accuracy': 0.85 },
  notices: ['WASM was taken: no TensorFlow'],
  weightsDir: 'weights',
} satisfies Partial<RunDetail>

function emptyStore(now = 5000) {
  return openStore(temporaryDir(), { now: () => now })
}

function scalars(tag: string, values: readonly number[], wallTime = 2000): LogRecord {
  return {
    kind: 'scalars',
    tag,
    steps: Float64Array.from(values, (_, index) => index + 1),
    wallTimes: Float64Array.from(values, (_, index) => wallTime + index),
    values: Float64Array.from(values),
  }
}

test('a run that just began has all the fields of one that ended', () => {
  const { runs, close } = emptyStore()
  runs.insert({ runId: ID, name: 'mlp', state: 'queued', createdAt: 1234.5 })
  const bare = runs.get(ID)
  runs.update(ID, PATCH)
  const patched = runs.get(ID)
  const record = runRecord.parse({ ...BARE, ...PATCH })
  expect({ bare, patched, valid: runDetail.parse(patched), record: runs.getRecord(ID), list: runs.list() }).toEqual({
    bare: BARE,
    patched: { ...BARE, ...PATCH },
    valid: { ...BARE, ...PATCH },
    record,
    list: [record],
  })
  close()
})

test('a patch leaves alone what it does not name, and takes null at its word', () => {
  const { runs, close } = emptyStore()
  runs.insert({ runId: ID, createdAt: 1, ...PATCH })
  runs.update(ID, { error: null, progress: null, sourcePath: null })
  runs.update(ID, {})
  expect(runs.get(ID)).toEqual({ ...BARE, createdAt: 1, ...PATCH, error: null, progress: null, sourcePath: null })
  close()
})

test('final figures that JSON does not know are left out', () => {
  const { runs, close } = emptyStore()
  runs.insert({ runId: ID, name: 'mlp', state: 'failed', createdAt: 1, metrics: { a: NaN, b: Infinity, c: -0.5 } })
  expect(runs.get(ID)?.metrics).toEqual({ c: -0.5 })
  close()
})

test('a run that is not there is undefined to read, and an error to write', () => {
  const { runs, close } = emptyStore()
  expect([runs.get('x'), runs.getRecord('x'), runs.getTimeline('x')]).toEqual([undefined, undefined, undefined])
  expect(() => runs.update('x', { name: 'y' })).toThrow(expect.objectContaining({ code: 'not-found' }))
  close()
})

test('the list is newest first, with the best of each headline', () => {
  const store = emptyStore()
  const ids = ['old', 'none', 'unlogged', 'new'].map((id) => runId.parse(id))
  const headlines = ['val/loss', null, 'val/loss', 'val/accuracy']
  ids.forEach((id, index) =>
    store.runs.insert({
      runId: id,
      name: id,
      state: 'finished',
      createdAt: index,
      headlineTag: headlines[index] ?? null,
    }),
  )
  for (const id of ['old', 'none', 'new']) {
    store.writer(id).append([scalars('val/loss', [3, 1, NaN, 1]), scalars('val/accuracy', [0.5, 0.75, Infinity])])
  }
  expect(store.runs.list().map((run) => [run.runId, run.best])).toEqual([
    ['new', { tag: 'val/accuracy', direction: 'max', value: 0.75, step: 2 }],
    ['unlogged', null],
    ['none', null],
    ['old', { tag: 'val/loss', direction: 'min', value: 1, step: 2 }],
  ])
  store.close()
})

test('runs that were live when their engine died are crashed at their last point', () => {
  const store = emptyStore(5000)
  const states = ['queued', 'running', 'finished', 'stopped', 'failed', 'crashed'] as const
  states.forEach((state, index) =>
    store.runs.insert({ runId: runId.parse(state), name: state, state, createdAt: index }),
  )
  store.runs.update('running', { progress: PATCH.progress })
  store.writer('running').append([scalars('a', [1, 2, 3], 2000), scalars('b', [1], 1990)])
  const error = { code: 'trainer-died', message: 'the engine ended' }
  expect({
    marked: store.runs.markCrashed('the engine ended'),
    runs: store.runs.list().map(({ runId: id, state, endedAt, error: fault }) => [id, state, endedAt, fault]),
    progress: store.runs.getRecord('running')?.progress,
    again: store.runs.markCrashed('again'),
  }).toEqual({
    marked: ['queued', 'running'],
    runs: [
      ['crashed', 'crashed', null, null],
      ['failed', 'failed', null, null],
      ['stopped', 'stopped', null, null],
      ['finished', 'finished', null, null],
      ['running', 'crashed', 2002, error],
      ['queued', 'crashed', 5000, error],
    ],
    progress: null,
    again: [],
  })
  store.close()
})
