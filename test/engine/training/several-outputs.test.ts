import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { experiment as experimentSchema, type ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { prepareTraining } from '../../../src/main/engine/training/prepare-training.ts'
import { loadBackend } from '../../../src/main/engine/training/backends/ladder.ts'
import { evaluate } from '../../../src/main/engine/training/evaluate.ts'
import { fit } from '../../../src/main/engine/training/fit.ts'
import type { StartMessage } from '../../../src/main/engine/training/trainer-protocol.ts'
import { noGoldens, readGoldens } from '../../parity/goldens.ts'
import { quietHooks } from '../../support/quiet-hooks.ts'

/** The scalars of a training, by tag. */
async function valuesOf(input: ExperimentInput, firstWeights?: number[][]): Promise<Record<string, number[]>> {
  const experiment = experimentSchema.parse(input)
  const job: StartMessage = { type: 'start', experiment, baseDir: tmpdir(), weightsDir: tmpdir() }
  const { runtime } = await loadBackend('wasm')
  const training = await prepareTraining(job, runtime)
  if (firstWeights) {
    const { model } = training.parts
    model.setWeights(firstWeights.map((values, index) => runtime.tf.tensor(values, model.getWeights()[index]?.shape)))
  }
  const values: Record<string, number[]> = {}
  await fit(job, training, {
    ...quietHooks({
      scalar: (tag, _, value) => void (values[tag] ??= []).push(value),
    }),
  })
  return values
}

const IDENTITY = { type: 'dense', units: 1, useBias: false } as const

interface FitSemantics {
  readonly fit_semantics: {
    readonly fit_two_outputs_loss_weights: {
      readonly batch_size: number
      readonly loss_weights: readonly number[]
      readonly history: Readonly<Record<'a_loss' | 'a_mae' | 'b_loss' | 'b_mse' | 'loss', readonly [number]>>
    }
  }
}

describe('several outputs', () => {
  const goldens = readGoldens<FitSemantics>('ops')
  if (goldens.length === 0) it('every ops_*.json', ({ skip }) => skip(noGoldens('ops')))

  it.each(goldens)('are summed up as Keras does: $file', async ({ golden }) => {
    const { batch_size: batchSize, loss_weights: weights, history } = golden.fit_semantics.fit_two_outputs_loss_weights
    const values = await valuesOf(
      {
        data: {
          source: 'inline',
          columns: ['x', 'zero', 'one'],
          target: ['zero', 'one'],
          rows: Array.from({ length: 20 }, (_, row) => [row, 0, 1]),
        },
        model: {
          layers: [
            { ...IDENTITY, name: 'a', from: 'input' },
            { ...IDENTITY, name: 'b', from: 'input' },
          ],
          outputs: [
            { layer: 'a', target: 'zero' },
            { layer: 'b', target: 'one' },
          ],
        },
        fit: {
          loss: 'meanSquaredError',
          lossWeights: [...weights],
          metrics: { a: ['meanAbsoluteError'], b: ['meanSquaredError'] },
          optimizer: { type: 'sgd', learningRate: 1e-30 },
          batchSize,
          shuffle: false,
        },
      },
      [[1], [0]],
    )
    expect(values['epoch/loss']?.[0]).toBeCloseTo(history.loss[0], 4)
    expect(values['epoch/a_loss']?.[0]).toBeCloseTo(history.a_loss[0], 4)
    expect(values['epoch/a_meanAbsoluteError']?.[0]).toBeCloseTo(history.a_mae[0], 5)
    expect(values['epoch/b_loss']?.[0]).toBeCloseTo(history.b_loss[0], 5)
    expect(values['epoch/b_meanSquaredError']?.[0]).toBeCloseTo(history.b_mse[0], 5)
    expect(values['train/a_loss']).toHaveLength(3)
  })

  it('are judged each by its own loss, validation and test included', async () => {
    const values = await valuesOf({
      data: {
        source: 'inline',
        columns: ['p', 'q', 'y'],
        target: 'y',
        rows: Array.from({ length: 12 }, (_, row) => [row / 12, 1 - row / 12, row / 6]),
      },
      split: { validation: 3, test: 2 },
      model: {
        inputs: { left: ['p'], right: ['q'] },
        layers: [
          { type: 'dense', units: 1, name: 'main', from: 'left' },
          { type: 'dense', units: 1, name: 'aux', from: 'right' },
        ],
        outputs: ['main', 'aux'],
      },
      fit: { loss: { main: 'huber', aux: 'meanAbsoluteError' }, lossWeights: { aux: 0.5 }, epochs: 2, batchSize: 7 },
    })
    for (const part of ['epoch', 'validation', 'test']) {
      const [loss = NaN, main = NaN, aux = NaN] = ['loss', 'main_loss', 'aux_loss'].map((tag) =>
        values[`${part}/${tag}`]?.at(-1),
      )
      expect(main).toBeGreaterThan(0)
      expect(loss, part).toBeCloseTo(main + 0.5 * aux, 6)
    }
  })

  it('say all that they predict of a row, one after the other', async () => {
    const experiment = experimentSchema.parse({
      data: {
        source: 'inline',
        columns: ['x', 'y'],
        target: 'y',
        rows: Array.from({ length: 6 }, (_, row) => [row, row]),
      },
      split: { validation: 2 },
      model: {
        layers: [
          { ...IDENTITY, name: 'one', from: 'input' },
          { ...IDENTITY, name: 'two', from: 'input' },
        ],
        outputs: ['one', 'two'],
      },
      fit: { loss: 'meanSquaredError', batchSize: 2 },
    })
    const { runtime } = await loadBackend('wasm')
    const training = await prepareTraining(
      { type: 'start', experiment, baseDir: tmpdir(), weightsDir: tmpdir() },
      runtime,
    )
    training.parts.model.setWeights([runtime.tf.tensor2d([[2]]), runtime.tf.tensor2d([[-1]])])
    expect(Array.from(training.steps.predict('validation', Int32Array.of(0, 1)))).toEqual([8, -4, 10, -5])
    const { loss, metrics } = await evaluate(training.steps, 'validation', 2, training.metrics('evaluation'), () =>
      Promise.resolve(),
    )
    expect([...metrics]).toEqual([
      ['one_loss', (16 + 25) / 2],
      ['two_loss', (64 + 100) / 2],
    ])
    expect(loss).toBe((16 + 25 + 64 + 100) / 2)
  })
})
