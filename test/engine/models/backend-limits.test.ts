import { describe, expect, it } from 'vitest'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import type { LayerSpec } from '../../../src/contract/experiment/layers.ts'
import { refusalOf } from '../../../src/main/engine/models/backend-limits.ts'
import type { Scalar } from '../../../src/main/engine/models/tf.ts'
import { traceShapes } from '../../../src/main/engine/models/trace-shapes.ts'
import { tf, useBackend } from './load-tf.ts'
import { buildChain, chainForward, chainOf } from '../../support/chain.ts'
import { inputsTakenBy } from '../../../src/main/engine/models/layer-kinds.ts'

/** They stand before all that is trained. */
const OF_TEXTS: readonly string[] = ['stringLookup', 'hashing', 'textVectorization']

function stack(...layers: unknown[]): LayerSpec[] {
  return layers.map((layer) => layerSchema.parse(layer))
}

function refusal(backend: 'wasm' | 'cpu' | 'tensorflow', layers: LayerSpec[], input: number[]): string | null {
  const shapes = traceShapes(chainOf(layers, input)).given.map(([shape = []]) => shape)
  return layers.map((_, index) => refusalOf(backend, { layers, shapes, index })).find((why) => why !== null) ?? null
}

const IMAGE = [5, 5, 2]
const RELU = { type: 'dense', units: 2, activation: 'relu' }
const LINEAR = { type: 'dense', units: 2 }

/** A model with each type of layer in it, and something to train before it. */
const TRAINED: { type: string; input: number[]; layers: LayerSpec[] }[] = [
  { type: 'dense', input: [4], layers: stack(RELU, LINEAR) },
  { type: 'flatten', input: IMAGE, layers: stack(LINEAR, { type: 'flatten' }) },
  { type: 'reshape', input: [4], layers: stack(LINEAR, { type: 'reshape', targetShape: [1, 2] }) },
  { type: 'activation', input: [4], layers: stack(LINEAR, { type: 'activation', activation: 'hardSigmoid' }) },
  { type: 'leakyReLU', input: [4], layers: stack(LINEAR, { type: 'leakyReLU' }) },
  { type: 'dropout', input: [9], layers: stack(LINEAR, { type: 'dropout', rate: 0.4 }) },
  { type: 'gaussianNoise', input: [9], layers: stack(LINEAR, { type: 'gaussianNoise', stddev: 1 }) },
  { type: 'batchNormalization', input: [9], layers: stack(LINEAR, { type: 'batchNormalization' }) },
  { type: 'layerNormalization', input: [9], layers: stack(LINEAR, { type: 'layerNormalization' }) },
  { type: 'conv1d', input: [6, 2], layers: stack({ type: 'conv1d', filters: 2, kernelSize: 3 }) },
  { type: 'conv2d', input: IMAGE, layers: stack({ type: 'conv2d', filters: 2, kernelSize: 3 }) },
  { type: 'maxPooling2d', input: IMAGE, layers: stack(RELU, { type: 'maxPooling2d' }) },
  { type: 'averagePooling2d', input: IMAGE, layers: stack(LINEAR, { type: 'averagePooling2d' }) },
  { type: 'globalAveragePooling2d', input: IMAGE, layers: stack(LINEAR, { type: 'globalAveragePooling2d' }) },
  { type: 'embedding', input: [3], layers: stack({ type: 'embedding', inputDim: 3, outputDim: 2 }) },
  { type: 'simpleRNN', input: [4, 3], layers: stack(LINEAR, { type: 'simpleRNN', units: 3, returnSequences: true }) },
  { type: 'lstm', input: [4, 3], layers: stack(LINEAR, { type: 'lstm', units: 3 }) },
  { type: 'gru', input: [4, 3], layers: stack(LINEAR, { type: 'gru', units: 3 }) },
  ...others(),
]

/** The rest: what each type must be given, after a layer that is trained. */
function others(): { type: string; input: number[]; layers: LayerSpec[] }[] {
  const inputs: Readonly<Record<string, number[]>> = { '1d': [6, 2], '2d': IMAGE, '3d': [4, 4, 4, 2] }
  const settings: Readonly<Record<string, object>> = {
    permute: { dims: [1] },
    repeatVector: { n: 3 },
    rescaling: { scale: 0.5 },
    spatialDropout: { rate: 0.4 },
    alphaDropout: { rate: 0.4 },
    gaussianDropout: { rate: 0.4 },
    groupNormalization: { groups: 1 },
    conv: { filters: 2, kernelSize: 2 },
    convTranspose: { filters: 2, kernelSize: 2 },
    depthwiseConv: { kernelSize: 2 },
    separableConv: { filters: 2, kernelSize: 2 },
    bidirectional: { layer: { type: 'lstm', units: 2 } },
    categoryEncoding: { numTokens: 4 },
    discretization: { binBoundaries: [0] },
    integerLookup: { vocabulary: [1] },
    resizing: { height: 3, width: 7 },
    centerCrop: { height: 3, width: 3 },
  }
  const named = [
    'dense',
    'flatten',
    'reshape',
    'activation',
    'leakyReLU',
    'dropout',
    'gaussianNoise',
    'batchNormalization',
  ]
  const listed = [
    ...named,
    'layerNormalization',
    'conv1d',
    'conv2d',
    'maxPooling2d',
    'averagePooling2d',
    'globalAveragePooling2d',
  ]
  const done = new Set<string>([...listed, 'embedding', 'simpleRNN', 'lstm', 'gru', ...OF_TEXTS])
  return layerSchema.options.flatMap(({ shape }) => {
    const type = shape.type.value
    if (done.has(type) || inputsTakenBy({ type }) !== 1) return []
    const dimensions = /[123]d/.exec(type)?.[0] ?? (/^(resizing|centerCrop)$/.test(type) ? '2d' : '')
    const spec = { type, ...settings[type.replace(dimensions, '')] }
    const input = inputs[dimensions] ?? (type === 'bidirectional' ? [4, 3] : [9])
    // What makes classes of numbers passes no gradient back, as in Keras.
    const before = ['categoryEncoding', 'discretization'].includes(type) ? [] : [LINEAR]
    const after = before.length === 0 ? [LINEAR] : []
    return [{ type, input, layers: stack(...before, spec, ...after) }]
  })
}

/** The loss of one batch and its gradient by every weight. */
async function gradientsOn(backend: 'cpu' | 'wasm', layers: LayerSpec[], input: number[]): Promise<number[]> {
  await useBackend(backend)
  const forward = chainForward(tf, buildChain(tf, layers, input, 3), layers, 'meanSquaredError')
  const size = 3 * tf.util.sizeFromShape(input)
  const x = tf.tensor(
    Float32Array.from({ length: size }, (_, index) => (layers[0]?.type === 'embedding' ? index % 3 : Math.sin(index))),
    [3, ...input],
  )
  const { value, grads } = tf.variableGrads(() => tf.sum(tf.sin(tf.mul(forward.output(x, true), 3))) as Scalar)
  const numbers = forward.trainable.flatMap(({ variable }) => Array.from(grads[variable.name]?.dataSync() ?? []))
  return [...value.dataSync(), ...numbers]
}

/** Relative to the greatest. */
function furthest(actual: readonly number[], expected: readonly number[]): number {
  const scale = Math.max(1, ...expected.map(Math.abs))
  return Math.max(...expected.map((value, index) => Math.abs(value - (actual[index] ?? NaN)))) / scale
}

describe('backends', () => {
  it('are tried with every type of layer that takes one input', () => {
    const ofOneInput = layerSchema.options
      .map(({ shape }) => shape.type.value)
      .filter((type) => inputsTakenBy({ type }) === 1 && !OF_TEXTS.includes(type))
    expect(TRAINED.map(({ type }) => type).sort()).toEqual(ofOneInput.sort())
  })

  it.each(TRAINED)('wasm trains $type as cpu does, or refuses it', async ({ layers, input }) => {
    const expected = await gradientsOn('cpu', layers, input)
    const actual = await gradientsOn('wasm', layers, input).catch((error: Error) => error.message)
    if (refusal('wasm', layers, input) !== null) {
      if (typeof actual === 'string') expect(actual).toContain('not registered')
      else expect(furthest(actual, expected)).toBeGreaterThan(1e-2)
      return
    }
    if (typeof actual === 'string') throw new Error(actual)
    expect(actual.length).toBe(expected.length)
    expect(furthest(actual, expected)).toBeLessThan(5e-5)
  })
})

describe('refusalOf', () => {
  const pool = { type: 'maxPooling2d' }
  const edges = { type: 'averagePooling2d', padding: 'same' }
  const conv = { type: 'conv2d', filters: 2, kernelSize: 3 }
  const NEGATIVES =
    "the WASM backend's gradient of maxPooling2d is wrong where its inputs are negative; put a relu before it, " +
    'or train it on TensorFlow, or train it slowly with `backend: cpu`'
  const CASES: [string, LayerSpec[], { wasm: string | null; cpu: string | null }][] = [
    [
      'a convolution',
      stack(conv),
      {
        wasm: 'the WASM backend has no gradient for conv2d; train it on TensorFlow, or train it slowly with `backend: cpu`',
        cpu: null,
      },
    ],
    ['max pooling of what may be negative', stack(LINEAR, pool), { wasm: NEGATIVES, cpu: null }],
    ['after noise', stack(RELU, { type: 'gaussianNoise', stddev: 1 }, pool), { wasm: NEGATIVES, cpu: null }],
    ['max pooling after relu', stack(RELU, pool), { wasm: null, cpu: null }],
    [
      'with layers between that keep the sign',
      stack(RELU, { type: 'dropout', rate: 0.1 }, pool),
      { wasm: null, cpu: null },
    ],
    ['max pooling with nothing to train before it', stack(pool, LINEAR), { wasm: null, cpu: null }],
    [
      'average pooling over an edge',
      stack(LINEAR, edges),
      {
        wasm:
          'the gradient of averagePooling2d is wrong here where a window hangs over the edge; set padding: valid, ' +
          'or train it on TensorFlow',
        cpu:
          'the gradient of averagePooling2d is wrong here where a window hangs over the edge; set padding: valid, ' +
          'or train it on TensorFlow',
      },
    ],
    ['average pooling that fits', stack(LINEAR, { ...edges, poolSize: 5 }), { wasm: null, cpu: null }],
  ]

  it.each(CASES)('%s', (_, layers, expected) => {
    expect({ wasm: refusal('wasm', layers, IMAGE), cpu: refusal('cpu', layers, IMAGE) }).toEqual(expected)
    expect(refusal('tensorflow', layers, IMAGE)).toBe(null)
  })
})
