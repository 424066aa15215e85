import { beforeAll, describe, expect, it } from 'vitest'
import { layer } from '../../../src/contract/experiment/layers.ts'
import type { LayerSpec } from '../../../src/contract/experiment/layers.ts'
import { summarizeModel } from '../../../src/main/engine/models/summary.ts'
import { tf, useBackend } from './load-tf.ts'
import { buildChain, chainForward, chainOf } from '../../support/chain.ts'

function layersOf(...inputs: unknown[]): LayerSpec[] {
  return inputs.map((input) => layer.parse(input))
}

const IMAGE = [12, 12]
const CASES: { name: string; input: number[]; layers: LayerSpec[]; params: number }[] = [
  {
    name: 'the 784-300-100-10 perceptron',
    input: [28, 28],
    layers: layersOf(
      { type: 'flatten' },
      { type: 'dense', units: 300, activation: 'relu' },
      { type: 'dense', units: 100, activation: 'relu' },
      { type: 'dense', units: 10, activation: 'softmax' },
    ),
    params: 266_610,
  },
  {
    name: 'flatten of rows that are flat already, or a single number',
    input: [],
    layers: layersOf({ type: 'flatten' }, { type: 'dense', units: 2 }, { type: 'flatten' }),
    params: 4,
  },
  {
    name: 'convolutions and pooling',
    input: IMAGE,
    layers: layersOf(
      { type: 'reshape', targetShape: [12, 12, 1] },
      { type: 'conv2d', filters: 4, kernelSize: [3, 2], strides: [2, 1], useBias: false },
      { type: 'batchNormalization' },
      { type: 'activation', activation: 'hardSigmoid' },
      { type: 'maxPooling2d', poolSize: 2, padding: 'same' },
      { type: 'conv2d', filters: 3, kernelSize: 3, padding: 'same', activation: 'relu' },
      { type: 'averagePooling2d', poolSize: [1, 2], strides: 2 },
      { type: 'globalAveragePooling2d' },
      { type: 'layerNormalization' },
      { type: 'leakyReLU' },
      { type: 'dense', units: 2 },
    ),
    // 3·2·1·4 + 4·4 + 3·3·4·3 + 3 + 2·3 + 3·2 + 2
    params: 24 + 16 + 111 + 6 + 8,
  },
  {
    name: 'sequences',
    input: [7, 5],
    layers: layersOf(
      { type: 'conv1d', filters: 6, kernelSize: 3, padding: 'same', strides: 2 },
      { type: 'lstm', units: 4, returnSequences: true },
      { type: 'gru', units: 3, returnSequences: true },
      { type: 'simpleRNN', units: 2 },
    ),
    params: 3 * 5 * 6 + 6 + 4 * (4 * (6 + 4) + 4) + 3 * (3 * (4 + 3) + 2 * 3) + 2 * (3 + 2) + 2,
  },
  {
    name: 'embedding and noise',
    input: [6],
    layers: layersOf(
      { type: 'embedding', inputDim: 11, outputDim: 3 },
      { type: 'dropout', rate: 0.5 },
      { type: 'gaussianNoise', stddev: 0.1 },
      { type: 'flatten' },
      { type: 'dense', units: 2, activation: 'sigmoid' },
    ),
    params: 33 + 38,
  },
]

beforeAll(() => useBackend('cpu'))

describe('buildModel', () => {
  it.each(CASES)('builds what summarizeModel says: $name', ({ input, layers, params }) => {
    const model = buildChain(tf, layers, input, 1)
    const summary = summarizeModel(chainOf(layers, input), input)
    expect(summary.params).toBe(params)
    expect({
      params: model.countParams(),
      trainable: model.trainableWeights.reduce(
        (sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]),
        0,
      ),
      layers: model.layers.map((built) => ({ name: built.name, shape: (built.outputShape as number[]).slice(1) })),
    }).toEqual({
      params: summary.params,
      trainable: summary.trainableParams,
      layers: summary.layers.map(({ name, outputShape }) => ({ name, shape: outputShape })),
    })
    const x = tf.ones([2, ...input])
    const y = chainForward(tf, model, layers, 'meanSquaredError').predict(x)
    expect(y.shape).toEqual([2, ...(summary.layers.at(-1)?.outputShape ?? [])])
    model.dispose()
  })

  it('draws the same weights for the same seed, others for another, and others in each layer', () => {
    const layers = layersOf({ type: 'dense', units: 4 }, { type: 'dense', units: 4 })
    const weights = (seed: number): number[][] =>
      buildChain(tf, layers, [4], seed)
        .getWeights()
        .map((weight) => Array.from(weight.dataSync()))
    const [kernel, bias, secondKernel] = weights(7)
    expect(weights(7)[0]).toEqual(kernel)
    expect(weights(8)[0]).not.toEqual(kernel)
    expect(secondKernel).not.toEqual(kernel)
    expect(bias).toEqual([0, 0, 0, 0])
  })

  it('names the layer that cannot take its input', () => {
    const layers = layersOf({ type: 'conv2d', filters: 8, kernelSize: 3 })
    expect(() => buildChain(tf, layers, [28, 28], 1)).toThrow(
      'model.layers[0]: expected an input of [height, width, channels], got [28, 28]; ' +
        'put {type: reshape, targetShape: [28, 28, 1]} before it',
    )
  })
})
