/** Models that begin with trained weights: of a file or of a run, all of them or of some layers, trained on or only judged. */
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunDetail } from '../../src/contract/run.ts'
import { isLive } from '../../src/contract/terms.ts'
import { createEngine, type Engine } from '../../src/main/engine/index.ts'
import { deleteWorkspace, eventually, ROOT, temporaryWorkspace } from '../support/served-app.ts'

const ROWS = Array.from({ length: 12 }, (_, row) => [row, row % 3, 2 * row + 1])

/** @param last units of the last layer @param more of the section `model` and below */
function textOf(more: { initialWeights?: object; trainable?: boolean; hidden?: number }, fit: object): string {
  const { hidden = 4, trainable = true, initialWeights } = more
  return JSON.stringify({
    name: 'sums',
    backend: 'cpu',
    data: { source: 'inline', columns: ['a', 'b', 'y'], target: 'y', rows: ROWS },
    split: { test: 4, validation: 2 },
    model: {
      layers: [
        { type: 'normalization' },
        { type: 'dense', units: hidden, activation: 'relu', name: 'hidden', trainable },
        { type: 'dense', units: 1, name: 'out' },
      ],
      ...(initialWeights && { initialWeights }),
    },
    fit: { loss: 'meanSquaredError', optimizer: 'sgd', batchSize: 2, ...fit },
  })
}

let workspace: string
let engine: Engine

beforeEach(() => {
  workspace = temporaryWorkspace()
  engine = createEngine({
    workspaceDir: workspace,
    version: '0.1.0',
    trainerScript: resolve(ROOT, 'src/main/engine/training/trainer-process.ts'),
    scriptProgram: 'none',
    pageDir: workspace,
    examplesDir: workspace,
  })
})
afterEach(async () => {
  await engine.close({ stopRuns: true })
  deleteWorkspace(workspace)
})

async function run(text: string): Promise<RunDetail> {
  const params = { text, baseDir: workspace, path: null, overrides: {}, name: null, script: false }
  const { runId } = await engine.handlers['runs.start'](params)
  return eventually('the end of the run', async () => {
    const detail = await engine.handlers['runs.get']({ runId })
    return isLive(detail.state) ? null : detail
  })
}

async function predictions({ runId }: RunDetail): Promise<number[][]> {
  return (await engine.handlers['runs.predict']({ runId, runScript: false, part: 'test', rows: 4 })).values
}

test('without an epoch a model is judged and saved as it begins, with the weights of a run or of a file', async () => {
  const first = await run(textOf({}, { epochs: 3, seed: 1 }))
  expect(first).toMatchObject({ state: 'finished', error: null })
  const wanted = await predictions(first)

  const judged = await run(textOf({ initialWeights: { run: 'sums' } }, { epochs: 0, seed: 2 }))
  expect(judged).toMatchObject({
    state: 'finished',
    error: null,
    notices: ['normalization, hidden, out began with the weights in the run sums'],
    metrics: { 'test/loss': first.metrics['test/loss'], 'validation/loss': first.metrics['validation/loss'] },
  })
  expect(await predictions(judged)).toEqual(wanted)

  const file = join(workspace, 'first.keras')
  await engine.handlers['runs.export']({ runId: first.runId, file, format: 'keras', preprocessing: true })
  const fromFile = await run(textOf({ initialWeights: { file: 'first.keras' } }, { epochs: 0, seed: 3 }))
  expect(await predictions(fromFile)).toEqual(wanted)
  // It has its own weights now.
  rmSync(file)
  expect(await predictions(fromFile)).toEqual(wanted)
})

test('some layers begin with theirs, and stay so where they are not trainable', async () => {
  const first = await run(textOf({}, { epochs: 1, seed: 1 }))
  const initialWeights = { run: first.runId, layers: ['hidden'] }
  const second = await run(textOf({ initialWeights, trainable: false }, { epochs: 2, seed: 2 }))
  expect(second.notices[0]).toBe(`hidden began with the weights in the run ${first.runId}`)
  const third = await run(textOf({ initialWeights: { run: second.runId }, trainable: false }, { epochs: 0 }))
  const fourth = await run(
    textOf({ initialWeights: { run: second.runId, layers: ['out', 'normalization'] } }, { epochs: 0, seed: 1 }),
  )
  // With the hidden layer of seed 1 before its training, the same predictions would be a chance.
  expect(await predictions(third)).toEqual(await predictions(second))
  expect(await predictions(fourth)).not.toEqual(await predictions(second))
  const frozen = await run(textOf({ initialWeights: { run: first.runId }, trainable: false }, { epochs: 0 }))
  expect(await predictions(frozen)).toEqual(await predictions(first))
})

test('weights that are not there, or do not fit, are named', async () => {
  const first = await run(textOf({}, { epochs: 1 }))
  const start = (initialWeights: object) => run(textOf({ initialWeights }, { epochs: 1 }))
  await expect(start({ run: 'nobody' })).rejects.toThrow('no run has the id or name nobody')
  await expect(start({ file: 'nothing.keras' })).rejects.toThrow('there is no')
  await expect(start({})).rejects.toThrow('expected {file} or {run}, perhaps with layers')

  const initialWeights = { run: first.runId }
  const unlike = await run(textOf({ initialWeights, hidden: 5 }, { epochs: 1 }))
  expect(unlike).toMatchObject({ state: 'failed', error: { code: 'data-invalid' } })
  expect(unlike.error?.message.split('\n')).toEqual([
    `model.initialWeights: the weights in the run ${first.runId} do not fit:`,
    'hidden: expected weights of [2, 5], [5], got [2, 4], [4]',
    'out: expected weights of [5, 1], [1], got [4, 1], [1]',
    'To begin with those that fit alone: layers: [normalization]',
  ])
  const unknown = await start({ ...initialWeights, layers: ['hiden'] })
  expect(unknown.error?.message).toContain(
    'hiden: the model has no such layer with weights; it has normalization, hidden',
  )
})
