import { describe, expect, it } from 'vitest'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import type { LayerSpec } from '../../../src/contract/experiment/layers.ts'
import { createRandom } from '../../../src/main/engine/data/random.ts'
import { createStepCounter } from '../../../src/main/engine/models/step-counter.ts'
import { orthogonal } from '../../../src/main/engine/models/initial-weights.ts'
import { layerNames, weightsOf } from '../../../src/main/engine/models/layer-kinds.ts'
import { summarizeModel } from '../../../src/main/engine/models/summary.ts'
import { tf, useBackend } from './load-tf.ts'
import { buildChain, chainForward, chainOf } from '../../support/chain.ts'

const layer = (given: unknown): LayerSpec => layerSchema.parse(given)

describe('layerNames', () => {
  it("are Keras's, and keep clear of those given", () => {
    const layers = [
      { type: 'conv2d', filters: 1, kernelSize: 1 },
      { type: 'maxPooling2d' },
      { type: 'dense', units: 1 },
      { type: 'dense', units: 1, name: 'dense_1' },
      { type: 'dense', units: 1 },
      { type: 'leakyReLU' },
      { type: 'simpleRNN', units: 1 },
      { type: 'dense', units: 1, name: 'out' },
    ]
    expect(layerNames(layers.map(layer))).toEqual([
      'conv2d',
      'max_pooling2d',
      'dense',
      'dense_1',
      'dense_2',
      'leaky_re_lu',
      'simple_rnn',
      'out',
    ])
  })
})

describe('summarizeModel', () => {
  it('is the table of the model', () => {
    const layers = [{ type: 'flatten' }, { type: 'dense', units: 3 }, { type: 'batchNormalization' }].map(layer)
    expect(summarizeModel(chainOf(layers, [2, 2]), [2, 2])).toEqual({
      inputShape: [2, 2],
      layers: [
        { name: 'flatten', type: 'flatten', outputShape: [4], params: 0, trainableParams: 0 },
        { name: 'dense', type: 'dense', outputShape: [3], params: 15, trainableParams: 15 },
        { name: 'batch_normalization', type: 'batchNormalization', outputShape: [3], params: 12, trainableParams: 6 },
      ],
      params: 27,
      trainableParams: 21,
    })
  })
})

describe('noise', () => {
  /** What a layer makes of ones at three training steps, and when it predicts. */
  async function passes(given: unknown, seed: number): Promise<{ steps: number[][]; predicted: number[] }> {
    await useBackend('cpu')
    const layers = [layer(given)]
    const counter = createStepCounter()
    const forward = chainForward(tf, buildChain(tf, layers, [1000], seed, counter), layers, 'meanSquaredError')
    const pass = (training: boolean): number[] => {
      counter.step++
      return Array.from(forward.output(tf.ones([2, 1000]), training).dataSync())
    }
    return { steps: [pass(true), pass(true), pass(true)], predicted: pass(false) }
  }

  it('of dropout keeps a share, scaled up, anew at each step and alike in each run', async () => {
    const { steps, predicted } = await passes({ type: 'dropout', rate: 0.3 }, 1)
    expect(predicted.every((value) => value === 1)).toBe(true)
    expect(new Set(steps.flat())).toEqual(new Set([0, Math.fround(1 / 0.7)]))
    const kept = steps.flat().filter((value) => value > 0).length / 6000
    expect(Math.abs(kept - 0.7)).toBeLessThan(0.025)
    expect(steps[0]).not.toEqual(steps[1])
    expect((await passes({ type: 'dropout', rate: 0.3 }, 1)).steps).toEqual(steps)
    expect((await passes({ type: 'dropout', rate: 0.3 }, 2)).steps).not.toEqual(steps)
  })

  it('of gaussianNoise is added while training', async () => {
    const { steps, predicted } = await passes({ type: 'gaussianNoise', stddev: 0.5 }, 1)
    expect(predicted.every((value) => value === 1)).toBe(true)
    const drawn = steps.flat().map((value) => value - 1)
    const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length)
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.03)
    expect(steps[0]).not.toEqual(steps[1])
  })
})

describe('first weights', () => {
  it.each([
    [6, 4],
    [4, 6],
    [5, 5],
  ])('are orthogonal: %i × %i', (rows, columns) => {
    const matrix = orthogonal([rows, columns], createRandom(3))
    const tall = rows >= columns
    const at = (vector: number, index: number): number =>
      matrix[tall ? index * columns + vector : vector * columns + index] ?? NaN
    const [count, length] = tall ? [columns, rows] : [rows, columns]
    for (let one = 0; one < count; one++) {
      for (let other = 0; other < count; other++) {
        const product = Array.from({ length }, (_, index) => at(one, index) * at(other, index))
        expect(product.reduce((sum, value) => sum + value, 0)).toBeCloseTo(one === other ? 1 : 0, 6)
      }
    }
  })

  it("of an LSTM start with an open forget gate, as Keras's", () => {
    const bias = weightsOf(layer({ type: 'lstm', units: 2 }), [3, 4])[2]
    expect(bias?.draw(bias.shape, createRandom(1))).toEqual(Float32Array.from([0, 0, 1, 1, 0, 0, 0, 0]))
  })
})
