/** Three steps down w² from 1 by each rule; the numbers are those of Keras 3.15. */
import { beforeAll, describe, expect, it } from 'vitest'
import { optimizer, OPTIMIZERS } from '../../../../src/contract/experiment/optimizer.ts'
import { createOptimizer } from '../../../../src/main/engine/models/optimizers/optimizer.ts'
import { BACKENDS, tf, useBackend } from '../load-tf.ts'

const DESCENTS: [unknown, number[]][] = [
  ['sgd', [0.98, 0.9604, 0.941192]],
  [{ type: 'sgd', learningRate: 0.1, momentum: 0.9 }, [0.8, 0.46, 0.062]],
  [{ type: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true }, [0.62, 0.2224, -0.1083519]],
  ['rmsprop', [0.9968377, 0.994547, 0.9926307]],
  [{ type: 'rmsprop', momentum: 0.5, centered: true }, [0.9966667, 0.992455, 0.9881076]],
  ['adagrad', [0.9990123, 0.9983099, 0.9977354]],
  ['adadelta', [0.9999986, 0.9999971, 0.9999957]],
  ['adam', [0.999, 0.998, 0.9970001]],
  [{ type: 'adam', amsgrad: true, epsilon: 1 }, [0.9999405, 0.9998584, 0.9997597]],
  ['adamw', [0.998996, 0.997992, 0.9969881]],
  ['nadam', [0.9989372, 0.9981639, 0.9974531]],
  ['adamax', [0.999, 0.9979995, 0.9969986]],
  ['ftrl', [0.8428385, 0.8421986, 0.84166]],
  [
    {
      type: 'ftrl',
      learningRate: 0.1,
      l1RegularizationStrength: 0.5,
      l2RegularizationStrength: 0.1,
      l2ShrinkageRegularizationStrength: 0.2,
      beta: 0.3,
      learningRatePower: -0.7,
    },
    [0.7306093, 0.6858867, 0.6504926],
  ],
  ['lion', [0.999, 0.998, 0.997]],
]

function descend(spec: unknown): number[] {
  const weight = tf.variable(tf.scalar(1))
  const trained = createOptimizer(tf, optimizer.parse(spec), [{ name: 'w', variable: weight }])
  return [0, 1, 2].map(() => {
    trained.apply([tf.mul(weight, 2)])
    return weight.dataSync()[0] ?? NaN
  })
}

describe.each(BACKENDS)('update rules on %s', (backend) => {
  beforeAll(() => useBackend(backend))

  it.each(DESCENTS)('%j steps as Keras does', (spec, expected) => {
    descend(spec).forEach((value, step) => expect(Math.abs(value - (expected[step] ?? NaN))).toBeLessThan(1.2e-7))
  })

  it('lion takes its step however small the gradient is', () => {
    const weight = tf.variable(tf.tensor([1, 1, 1]))
    const trained = createOptimizer(tf, optimizer.parse('lion'), [{ name: 'w', variable: weight }])
    trained.apply([tf.tensor([1e-20, 0, -1e-20])])
    expect([...weight.dataSync()].map((value) => value.toFixed(3))).toEqual(['0.999', '1.000', '1.001'])
  })
})

it('there is a descent of every optimizer', () => {
  const types = DESCENTS.map(([spec]) => (typeof spec === 'string' ? spec : (spec as { type: string }).type))
  expect([...new Set(types)].sort()).toEqual([...OPTIMIZERS].sort())
})
