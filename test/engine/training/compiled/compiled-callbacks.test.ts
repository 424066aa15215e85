/** Callbacks see and set the weights of compiled steps, which lie in the session and not in the model. */
import { beforeAll, expect, it } from 'vitest'
import type { Runtime } from '../../../../src/main/engine/training/backends/backend.ts'
import { tensorflow } from '../../../../src/main/engine/training/backends/tensorflow.ts'
import type { Callback } from '../../../../src/main/engine/training/callbacks/callback.ts'
import { fit } from '../../../../src/main/engine/training/fit.ts'
import { describeOnTensorflow } from '../../../support/tensorflow.ts'
import { prepare, type Given } from './train-both.ts'
import { quietHooks } from '../../../support/quiet-hooks.ts'

const MODEL: Given['model'] = {
  layers: [
    { type: 'dense', units: 5, activation: 'relu' },
    { type: 'dense', units: 3, activation: 'softmax' },
  ],
}

describeOnTensorflow('callbacks of compiled steps', () => {
  let runtime: Runtime
  beforeAll(async () => void (runtime = await tensorflow.load()))

  async function train(spec: Given['fit'], callbacks: readonly Callback[], steps: number[] = []) {
    const training = await prepare({ model: MODEL, fit: { epochs: 3, ...spec } }, runtime, true)
    expect(training.steps.how).toBe('compiled')
    const outcome = await fit(training.job, training, {
      ...quietHooks({
        scalar: (tag, step) => void (tag === 'train/loss' && steps.push(step)),
      }),
      callbacks,
    })
    const weights = training.parts.model.getWeights().map((weight) => weight.dataSync())
    const { values } = training.steps.snapshot(0)
    training.steps.close()
    return { ...outcome, weights, session: values }
  }

  it('put the best weights back, in the model and in the session', async () => {
    const ofEpochs: (readonly Float32Array[])[] = []
    const watch: Callback = {
      name: 'watch',
      onEpochEnd(_, __, training) {
        ofEpochs.push(training.snapshot().values)
        training.setLearningRate(3)
      },
    }
    const stopping = { type: 'earlyStopping', monitor: 'loss', patience: 1, restoreBestWeights: true } as const
    const { history, weights, session } = await train({ epochs: 20, callbacks: [stopping] }, [watch])
    const losses = history['loss'] ?? []
    const best = ofEpochs[losses.indexOf(Math.min(...losses))]
    expect(ofEpochs.length).toBeGreaterThan(1)
    expect(best).not.toEqual(ofEpochs.at(-1))
    expect([weights, session]).toEqual([best, best])
  })

  it('change nothing when they look on, also at each batch', async () => {
    const batches: number[] = []
    const watch: Callback = { name: 'watch', onTrainBatchEnd: (batch) => void batches.push(batch) }
    const [alone, watched] = [await train({}, []), await train({}, [watch])]
    expect(watched.weights).toEqual(alone.weights)
    expect(watched.history).toEqual(alone.history)
    expect(batches).toEqual([0, 1, 2].flatMap(() => [0, 1, 2, 3, 4, 5]))
  })

  it('have the model’s own weights taken over', async () => {
    const { tf } = runtime
    const zeros: Callback = {
      name: 'zeros',
      onEpochEnd(_, __, training) {
        const model = training.model()
        tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.zerosLike(weight))))
      },
    }
    const { session } = await train({}, [zeros])
    expect(session.every((values) => values.every((value) => value === 0))).toBe(true)
  })

  it('take rates of a warm-up batch by batch, then many at a call', async () => {
    const rates: number[] = []
    const watch: Callback = {
      name: 'watch',
      wantsBatch: (step) => step < 6,
      onTrainBatchEnd: (_, __, training) => void rates.push(training.learningRate),
    }
    const steps: number[] = []
    await train(
      { optimizer: { type: 'sgd', learningRate: 0.4 }, callbacks: [{ type: 'warmUp', steps: 4 }] },
      [watch],
      steps,
    )
    expect(rates.map((rate) => rate.toFixed(2))).toEqual(['0.00', '0.10', '0.20', '0.30', '0.40', '0.40'])
    expect(steps).toHaveLength(18)
  })
})
