/** Batch normalization over any axis, and without gamma or beta, is what TensorFlow.js's own layer computes over the last. */
import { beforeAll, expect, test } from 'vitest'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import { setFirstWeights } from '../../../src/main/engine/models/build-model.ts'
import { buildLayer, weightsOf } from '../../../src/main/engine/models/layer-kinds.ts'
import { createStepCounter } from '../../../src/main/engine/models/step-counter.ts'
import type { SymbolicTensor, Tensor, TfLayer } from '../../../src/main/engine/models/tf.ts'
import { tf, useBackend } from './load-tf.ts'

function built(settings: object, shape: number[]): TfLayer {
  const spec = layerSchema.parse({ type: 'batchNormalization', momentum: 0.8, ...settings })
  const layer = buildLayer(tf, spec, { name: 'norm' }, { seed: 1, counter: createStepCounter() }, shape)
  layer.apply(tf.input({ shape }) as SymbolicTensor)
  setFirstWeights(tf, layer, weightsOf(spec, shape), 7)
  return layer
}

const numbers = (tensor: Tensor): number[] => Array.from(tensor.dataSync())
let INPUT: Tensor

beforeAll(async () => {
  await useBackend('cpu')
  const values = Array.from({ length: 24 }, (_, at) => Math.sin(3 * at) * (1 + (at % 4)))
  INPUT = tf.tensor(values, [2, 3, 4])
})

/** Two calls of a training, and one after it. */
function outputs(layer: TfLayer, input: Tensor): Tensor[] {
  return [true, true, false].map((training) => layer.apply(input, { training }) as Tensor)
}

test('over another axis', () => {
  const settings = {
    gammaInitializer: { type: 'constant', value: 2 },
    betaInitializer: { type: 'constant', value: 0.5 },
  }
  const last = built(settings, [3, 4])
  const first = built({ ...settings, axis: 1 }, [4, 3])
  const wanted = outputs(last, INPUT).map((output) => numbers(tf.transpose(output, [0, 2, 1])))
  const got = outputs(first, tf.transpose(INPUT, [0, 2, 1])).map(numbers)
  for (const [index, values] of wanted.entries()) {
    for (const [at, value] of values.entries()) expect(got[index]?.[at]).toBeCloseTo(value, 5)
  }
  const moving = (layer: TfLayer): number[] => layer.getWeights().slice(2).flatMap(numbers)
  for (const [at, value] of moving(last).entries()) expect(moving(first)[at]).toBeCloseTo(value, 5)
})

test.each([{ center: false }, { scale: false }, { center: false, scale: false }])('with %o', (settings) => {
  const plain = built({}, [3, 4])
  const without = built(settings, [3, 4])
  expect(without.weights).toHaveLength(4 - Object.keys(settings).length)
  const wanted = outputs(plain, INPUT).map(numbers)
  for (const [index, output] of outputs(without, INPUT).entries()) {
    for (const [at, value] of numbers(output).entries()) expect(value).toBeCloseTo(wanted[index]?.[at] ?? NaN, 5)
  }
})

test('frozen, it leaves its moving statistics and normalizes by them', () => {
  const frozen = built({ scale: false, trainable: false }, [3, 4])
  const before = frozen.getWeights().map(numbers)
  const [trained, , judged] = outputs(frozen, INPUT) as [Tensor, Tensor, Tensor]
  expect(numbers(trained)).toEqual(numbers(judged))
  expect(frozen.getWeights().map(numbers)).toEqual(before)
})
