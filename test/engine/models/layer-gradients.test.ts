/** Layers that compare: what is trained before them gets Keras's gradient, or none, and never an error. */
import { beforeAll, expect, it } from 'vitest'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import type { Scalar } from '../../../src/main/engine/models/tf.ts'
import { buildChain, chainForward } from '../../support/chain.ts'
import { tf, useBackend } from './load-tf.ts'

beforeAll(() => useBackend('cpu'))

it.each([
  [{ type: 'relu', threshold: 0.5, maxValue: 2, negativeSlope: 0.1 }, [0.1, 0.1, 1, 0]],
  [{ type: 'discretization', binBoundaries: [0, 1] }, [0, 0, 0, 0]],
] as const)('%o after something to train', (spec, slopes) => {
  const layers = [{ type: 'dense', units: 1, useBias: false }, spec].map((layer) => layerSchema.parse(layer))
  const model = buildChain(tf, layers, [1], 0)
  model.setWeights([tf.tensor2d([[1]])])
  const forward = chainForward(tf, model, layers, 'meanSquaredError')
  for (const [index, x] of [-1, 0.2, 1.5, 3].entries()) {
    const { grads } = tf.variableGrads(() => tf.sum(forward.output(tf.tensor2d([[x]]), true)) as Scalar)
    const [gradient = NaN] = forward.trainable.map(({ variable }) => grads[variable.name]?.dataSync()[0] ?? NaN)
    expect(gradient).toBeCloseTo((slopes[index] ?? NaN) * x, 5)
  }
})

it('an activity regularizer of the last layer charges what it gives, activated', () => {
  const layers = [
    layerSchema.parse({
      type: 'dense',
      units: 1,
      activation: 'sigmoid',
      useBias: false,
      activityRegularizer: { l1: 1 },
    }),
  ]
  const model = buildChain(tf, layers, [1], 0)
  model.setWeights([tf.tensor2d([[0]])])
  const forward = chainForward(tf, model, layers, 'binaryCrossentropy')
  forward.output(tf.tensor2d([[1], [1]]), true)
  expect(forward.penalty()?.dataSync()[0]).toBeCloseTo(0.5, 6)
})
