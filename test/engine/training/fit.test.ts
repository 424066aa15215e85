import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { experiment as experimentSchema, type ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import type { Progress } from '../../../src/contract/run.ts'
import { loadBackend } from '../../../src/main/engine/training/backends/ladder.ts'
import { fit, type FitOutcome } from '../../../src/main/engine/training/fit.ts'
import { prepareTraining } from '../../../src/main/engine/training/prepare-training.ts'
import type { StartMessage } from '../../../src/main/engine/training/trainer-protocol.ts'
import { quietHooks } from '../../support/quiet-hooks.ts'

const ROWS: (number | string)[][] = Array.from({ length: 10 }, (_, row) => [row / 10, 1 - row / 10, row % 2])

function line(fitSpec: Partial<ExperimentInput['fit']> = {}): ExperimentInput {
  return {
    data: { source: 'inline', columns: ['a', 'b', 'y'], target: 'y', rows: ROWS },
    split: { validation: 2, test: 1 },
    model: { layers: [{ type: 'dense', units: 1, name: 'out' }] },
    fit: {
      loss: 'meanSquaredError',
      optimizer: { type: 'sgd' },
      metrics: ['meanAbsoluteError'],
      epochs: 2,
      batchSize: 3,
      ...fitSpec,
    },
  }
}

interface Trained {
  readonly outcome: FitOutcome | Error
  /** Steps by tag. */
  readonly scalars: Record<string, number[]>
  readonly values: Record<string, number[]>
  readonly histograms: string[]
  readonly progress: Progress[]
  readonly weights: number[]
}

async function train(input: ExperimentInput, stopAsked: (steps: number) => boolean = () => false): Promise<Trained> {
  const job: StartMessage = {
    type: 'start',
    experiment: experimentSchema.parse(input),
    baseDir: tmpdir(),
    weightsDir: tmpdir(),
  }
  const { runtime } = await loadBackend('wasm')
  const training = await prepareTraining(job, runtime)
  const scalars: Record<string, number[]> = {}
  const values: Record<string, number[]> = {}
  const histograms: string[] = []
  const progress: Progress[] = []
  const outcome = await fit(job, training, {
    ...quietHooks({
      scalar(tag, step, value) {
        ;(scalars[tag] ??= []).push(step)
        ;(values[tag] ??= []).push(value)
      },
      histogram: ({ tag, step }) => histograms.push(`${tag} @ ${step}`),
    }),
    progress: (told) => progress.push(told),
    stopAsked: () => stopAsked(scalars['train/loss']?.length ?? 0),
  }).catch((error: Error) => error)
  const weights = training.parts.model.getWeights().flatMap((weight) => [...weight.dataSync()])
  return { outcome, scalars, values, histograms, progress, weights }
}

test('steps count from 1; epochs and validation stand at the step that ended their epoch', async () => {
  const { outcome, scalars, histograms } = await train(line())
  expect(scalars).toEqual({
    'train/loss': [1, 2, 3, 4, 5, 6],
    'train/meanAbsoluteError': [1, 2, 3, 4, 5, 6],
    'epoch/loss': [3, 6],
    'epoch/meanAbsoluteError': [3, 6],
    'epoch/learning_rate': [3, 6],
    'validation/loss': [3, 6],
    'validation/meanAbsoluteError': [3, 6],
    'test/loss': [6],
    'test/meanAbsoluteError': [6],
  })
  // The first epoch's, and the last's however soon it comes.
  expect(histograms).toEqual(
    [3, 6].flatMap((step) =>
      ['weights/out/kernel', 'weights/out/bias', 'gradients/out/kernel', 'gradients/out/bias'].map(
        (tag) => `${tag} @ ${step}`,
      ),
    ),
  )
  expect(outcome).toMatchObject({ state: 'finished', metrics: { 'test/loss': expect.any(Number) } })
})

test('an epoch’s loss is the mean over its rows, a short last batch counting for its rows only', async () => {
  const { values } = await train(line({ epochs: 1, shuffle: false, optimizer: { type: 'sgd', learningRate: 1e-12 } }))
  const [a = NaN, b = NaN, c = NaN] = values['train/loss'] ?? []
  expect(values['epoch/loss']?.[0]).toBeCloseTo((3 * a + 3 * b + c) / 7, 6)
})

test('the same seed gives the same losses and weights, another seed others', async () => {
  const [first, again, other] = [
    await train(line({ seed: 1 })),
    await train(line({ seed: 1 })),
    await train(line({ seed: 2 })),
  ]
  expect(again.values).toEqual(first.values)
  expect(again.weights).toEqual(first.weights)
  expect(other.weights).not.toEqual(first.weights)
})

test('asked to stop, it ends between steps with what it has', async () => {
  const { outcome, scalars } = await train(line({ epochs: 100 }), (steps) => steps === 4)
  expect(outcome).toMatchObject({ state: 'stopped', metrics: { 'epoch/loss': expect.any(Number) } })
  expect(scalars['train/loss']).toEqual([1, 2, 3, 4])
})

test('a loss that is not finite is logged, named, and the weights before it put back', async () => {
  const { outcome, values, weights } = await train(line({ epochs: 50, optimizer: { type: 'sgd', learningRate: 1e25 } }))
  expect(outcome).toMatchObject({ code: 'loss-not-finite', details: { goodStep: 0 } })
  expect(Number.isFinite(values['train/loss']?.at(-1))).toBe(false)
  expect(weights.every(Number.isFinite)).toBe(true)
})

test('everySteps thins what is logged, not what is trained', async () => {
  const every = await train(line())
  const third = await train({ ...line(), log: { everySteps: 3 } })
  expect(third.scalars['train/loss']).toEqual([1, 3, 6])
  expect(third.weights).toEqual(every.weights)
})

test('progress is told now and then, and at the end of training where it is', async () => {
  const { progress } = await train(line({ epochs: 200 }))
  expect(progress.length).toBeLessThan(50)
  expect(progress.find(({ phase, step }) => phase === 'training' && step === 600)).toMatchObject({
    phase: 'training',
    epoch: 199,
    epochs: 200,
    stepsPerEpoch: 3,
  })
})
