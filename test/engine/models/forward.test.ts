import { describe, expect, it } from 'vitest'
import { lossDefaults, type LossType } from '../../../src/contract/experiment/losses.ts'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import { createLoss } from '../../../src/main/engine/models/losses.ts'
import type { LayersModel, Tensor } from '../../../src/main/engine/models/tf.ts'
import { BACKENDS, tf, useBackend } from './load-tf.ts'
import { buildChain, chainForward, type ChainForward } from '../../support/chain.ts'

function build(input: number[], loss: LossType, ...given: unknown[]): { model: LayersModel; forward: ChainForward } {
  const layers = given.map((layer) => layerSchema.parse(layer))
  const model = buildChain(tf, layers, input, 5)
  return { model, forward: chainForward(tf, model, layers, loss) }
}

/** Numbers without a pattern, the same each time. */
function wave(shape: number[]): Tensor {
  const size = tf.util.sizeFromShape(shape)
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => Math.sin(index * index)),
    shape,
  )
}

function furthest(one: Tensor, other: Tensor): number {
  expect(one.shape).toEqual(other.shape)
  return tf.max(tf.abs(tf.sub(one, other))).dataSync()[0] ?? NaN
}

const HIDDEN = { type: 'dense', units: 6, activation: 'tanh' }
const SOFTMAX = { type: 'dense', units: 4, activation: 'softmax' }

const CASES: { name: string; input: number[]; loss: LossType; layers: unknown[]; fromLogits: boolean }[] = [
  { name: 'softmax', input: [5], loss: 'sparseCategoricalCrossentropy', layers: [HIDDEN, SOFTMAX], fromLogits: true },
  {
    name: 'softmax without bias',
    input: [5],
    loss: 'categoricalCrossentropy',
    layers: [HIDDEN, { ...SOFTMAX, useBias: false }],
    fromLogits: true,
  },
  {
    name: 'softmax as a layer',
    input: [5],
    loss: 'categoricalCrossentropy',
    layers: [HIDDEN, { type: 'dense', units: 4 }, { type: 'activation', activation: 'softmax' }],
    fromLogits: true,
  },
  {
    name: 'sigmoid',
    input: [5],
    loss: 'binaryCrossentropy',
    layers: [{ type: 'dense', units: 1, activation: 'sigmoid' }],
    fromLogits: true,
  },
  {
    name: 'a dense layer over three dimensions',
    input: [3, 5],
    loss: 'binaryCrossentropy',
    layers: [HIDDEN, { ...SOFTMAX, activation: 'sigmoid' }],
    fromLogits: true,
  },
  { name: 'another activation', input: [5], loss: 'meanSquaredError', layers: [HIDDEN, SOFTMAX], fromLogits: false },
  {
    name: 'an activation of another loss',
    input: [5],
    loss: 'binaryCrossentropy',
    layers: [HIDDEN, { ...SOFTMAX, units: 2 }],
    fromLogits: false,
  },
]

describe.each(BACKENDS)('createForward on %s', (backend) => {
  it.each(CASES)('predicts what the whole model does: $name', async ({ input, loss, layers, fromLogits }) => {
    await useBackend(backend)
    const { model, forward } = build(input, loss, ...layers)
    const x = wave([7, ...input])
    expect(forward.fromLogits).toBe(fromLogits)
    expect(furthest(forward.predict(x), model.predict(x) as Tensor)).toBeLessThan(1e-6)
    expect(furthest(forward.activate(forward.output(x, false)), model.predict(x) as Tensor)).toBeLessThan(1e-6)
  })

  it('lets gradients through to every weight', async () => {
    await useBackend(backend)
    const { forward } = build([5], 'sparseCategoricalCrossentropy', HIDDEN, { type: 'batchNormalization' }, SOFTMAX)
    const loss = createLoss(tf, lossDefaults('sparseCategoricalCrossentropy'), forward.fromLogits)
    const labels = tf.tensor2d([[0], [1], [2], [3]])
    const { grads } = tf.variableGrads(() => loss(labels, forward.output(wave([4, 5]), true)))
    expect(forward.trainable.map(({ name }) => name)).toEqual([
      'dense/kernel',
      'dense/bias',
      'batch_normalization/gamma',
      'batch_normalization/beta',
      'dense_1/kernel',
      'dense_1/bias',
    ])
    for (const { variable } of forward.trainable) {
      expect(tf.max(tf.abs(grads[variable.name] ?? tf.zeros([1]))).dataSync()[0]).toBeGreaterThan(0)
    }
  })

  it('leaves no tensors behind', async () => {
    await useBackend(backend)
    const { forward } = build([5], 'sparseCategoricalCrossentropy', HIDDEN, { type: 'dropout', rate: 0.5 }, SOFTMAX)
    const before = tf.memory().numTensors
    tf.tidy(() => {
      forward.predict(wave([2, 5]))
      forward.output(wave([2, 5]), true)
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('penalty', () => {
  it('is null without regularizers', () => {
    expect(build([2], 'meanSquaredError', HIDDEN).forward.penalty()).toBe(null)
  })

  it('is l1 Σ|w| + l2 Σw² over the kernels, and has a gradient', async () => {
    await useBackend('cpu')
    const penalised = { type: 'dense', units: 2, kernelRegularizer: { l1: 0.5, l2: 0.25 } }
    const { model, forward } = build([2], 'meanSquaredError', penalised, { ...penalised, kernelRegularizer: { l2: 1 } })
    const [first, , second] = model.getWeights()
    const square = (w: Tensor | undefined): number => (w ? (tf.sum(tf.square(w)).dataSync()[0] ?? NaN) : NaN)
    const absolute = first ? (tf.sum(tf.abs(first)).dataSync()[0] ?? NaN) : NaN
    expect(forward.penalty()?.dataSync()[0]).toBeCloseTo(0.5 * absolute + 0.25 * square(first) + square(second), 5)
    const { grads } = tf.variableGrads(() => forward.penalty() ?? tf.scalar(0))
    const last = forward.trainable[2]?.variable
    expect(furthest(grads[last?.name ?? ''] ?? tf.zeros([1]), tf.mul(second ?? 0, 2))).toBeLessThan(1e-6)
  })
})
