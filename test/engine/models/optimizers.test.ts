import { beforeAll, describe, expect, it } from 'vitest'
import { fit } from '../../../src/contract/experiment/fit.ts'
import { createOptimizer } from '../../../src/main/engine/models/optimizers.ts'
import type { Scalar } from '../../../src/main/engine/models/tf.ts'
import { tf, useBackend } from './load-tf.ts'

/** Two steps down w² from 1. */
function descend(optimizer: unknown): number[] {
  const spec = fit.parse({ loss: 'meanSquaredError', optimizer }).optimizer
  const weight = tf.variable(tf.scalar(1))
  const trained = createOptimizer(tf, spec)
  return [0, 1].map(() => {
    trained.minimize(() => tf.square(weight) as Scalar, false, [weight])
    return weight.dataSync()[0] ?? NaN
  })
}

describe('createOptimizer', () => {
  beforeAll(() => useBackend('cpu'))

  it.each([
    ['sgd', [0.98, 0.9604]],
    [{ type: 'sgd', learningRate: 0.1, momentum: 0.9 }, [0.8, 0.46]],
    // v = 0.9 v − 0.1 g; w += 0.9 v − 0.1 g
    [{ type: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true }, [0.62, 0.2224]],
    ['rmsprop', [0.996838, 0.994547]],
    ['adagrad', [0.999012, 0.99831]],
    // Keras: 0.9999986, 0.9999966. See the head of optimizers.ts.
    ['adadelta', [0.998, 0.996004]],
    ['adam', [0.999, 0.998]],
    ['adamax', [0.999, 0.998]],
  ])('%j steps by its rule with the defaults of Keras', (optimizer, expected) => {
    descend(optimizer).forEach((value, step) => expect(value).toBeCloseTo(expected[step] ?? NaN, 5))
  })
})
