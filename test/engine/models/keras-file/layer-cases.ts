/** Every kind of layer that Keras has too, with settings that tell one from another: what files are held against. */
import { layerEntry, type LayerEntry } from '../../../../src/contract/experiment/layers.ts'
import { resolveGraph, type ModelGraph } from '../../../../src/main/engine/models/model-graph.ts'

export interface LayerCase {
  readonly name: string
  /** Of a row. */
  readonly input: readonly number[]
  readonly layers: readonly LayerEntry[]
  /** Inputs are whole numbers below it, in place of numbers around 0. */
  readonly below?: number
}

const FLAT = [6]
const STEPS = [7, 4]
const IMAGE = [8, 6, 4]
const VOLUME = [5, 4, 6, 2]

function one(input: readonly number[], given: Record<string, unknown>, below?: number): LayerCase {
  const { type, ...settings } = given
  const name = `${String(type)} ${JSON.stringify(settings)}`
  return { name, input, layers: [layerEntry.parse(given)], ...(below !== undefined && { below }) }
}

const ACTIVATIONS = [
  'linear relu relu6 leakyRelu elu selu celu gelu silu swish mish softplus softsign exponential sigmoid hardSigmoid',
  'hardSilu tanh hardTanh softmax logSoftmax logSigmoid tanhShrink softShrink hardShrink squareplus sparsePlus',
  'sparseSigmoid glu',
]
  .join(' ')
  .split(' ')
const PENALTY = { l1: 0.01, l2: 0.02 }

export const CASES: readonly LayerCase[] = [
  one(FLAT, { type: 'dense', units: 3, activation: 'relu', kernelRegularizer: 'l2', biasInitializer: 'ones' }),
  one(STEPS, {
    type: 'dense',
    units: 3,
    useBias: false,
    kernelInitializer: { type: 'randomNormal', stddev: 0.5 },
    kernelRegularizer: PENALTY,
    kernelConstraint: { type: 'minMaxNorm', minValue: 0.1 },
    activityRegularizer: { type: 'l1', l1: 0.1 },
  }),
  one(FLAT, { type: 'dense', units: 3, activation: { type: 'leakyRelu', negativeSlope: 0.01 }, trainable: false }),
  one(FLAT, { type: 'dense', units: 3, activation: { type: 'relu', maxValue: 0.3, negativeSlope: 0.1 } }),
  one(FLAT, { type: 'dense', units: 3, activation: { type: 'elu', alpha: 0.5 } }),
  ...ACTIVATIONS.map((activation) => one(FLAT, { type: 'activation', activation })),
  one(IMAGE, { type: 'flatten' }),
  one(FLAT, { type: 'reshape', targetShape: [3, -1] }),
  one(IMAGE, { type: 'permute', dims: [3, 1, 2] }),
  one(FLAT, { type: 'repeatVector', n: 3 }),
  one(FLAT, { type: 'relu', maxValue: 0.5, negativeSlope: 0.1, threshold: 0.2 }),
  one(FLAT, { type: 'relu' }),
  one(FLAT, { type: 'leakyReLU', negativeSlope: 0.2 }),
  one(FLAT, { type: 'leakyReLU', alpha: 0.1 }),
  one(STEPS, { type: 'prelu', alphaInitializer: { type: 'constant', value: 0.25 }, sharedAxes: [1] }),
  one(FLAT, { type: 'elu', alpha: 0.7 }),
  one(STEPS, { type: 'softmax', axis: 1 }),
  one(FLAT, { type: 'activityRegularization', l1: 0.1 }),
  one([5], { type: 'embedding', inputDim: 9, outputDim: 3 }, 9),
  one(STEPS, { type: 'normalization' }),
  one(IMAGE, { type: 'normalization', axis: [1, 3] }),
  one(FLAT, { type: 'normalization', mean: [1, 2, 3, 4, 5, 6], variance: [1, 2, 1, 2, 1, 2], invert: true }),
  one([2, 3], { type: 'normalization', axis: [1, 2], mean: [1, 2, 3, 4, 5, 6], variance: [1, 2, 1, 2, 1, 2] }),
  one(FLAT, { type: 'normalization', axis: null, mean: 2, variance: 3 }),
  one(FLAT, { type: 'rescaling', scale: 0.5, offset: 1 }),
  one(STEPS, { type: 'rescaling', scale: [1, 2, 3, 4], offset: [0, 1, 0, 1] }),
  one([3], { type: 'categoryEncoding', numTokens: 5, outputMode: 'count' }, 5),
  one([3], { type: 'categoryEncoding', numTokens: 5 }, 5),
  one([1], { type: 'categoryEncoding', numTokens: 5, outputMode: 'oneHot' }, 5),
  one(FLAT, { type: 'discretization', binBoundaries: [-0.5, 0, 0.5] }),
  one(FLAT, { type: 'discretization', binBoundaries: [-0.5, 0, 0.5], outputMode: 'multiHot' }),
  one(FLAT, { type: 'dropout', rate: 0.5, noiseShape: [null, 1] }),
  one(STEPS, { type: 'spatialDropout1d', rate: 0.5 }),
  one(IMAGE, { type: 'spatialDropout2d', rate: 0.5 }),
  one(VOLUME, { type: 'spatialDropout3d', rate: 0.5 }),
  one(FLAT, { type: 'alphaDropout', rate: 0.5 }),
  one(FLAT, { type: 'gaussianDropout', rate: 0.5 }),
  one(FLAT, { type: 'gaussianNoise', stddev: 0.5 }),
  one(IMAGE, { type: 'batchNormalization', epsilon: 0.01, momentum: 0.9 }),
  one(STEPS, { type: 'layerNormalization', axis: [1, 2], center: false }),
  one(STEPS, { type: 'layerNormalization' }),
  one(IMAGE, { type: 'groupNormalization', groups: 2, scale: false }),
  one(STEPS, { type: 'unitNormalization', axis: 1 }),
  one(STEPS, { type: 'rmsNormalization', epsilon: 0.01 }),
  one(STEPS, { type: 'conv1d', filters: 4, kernelSize: 3, padding: 'causal', dilationRate: 2, activation: 'gelu' }),
  one(STEPS, { type: 'conv1d', filters: 3, kernelSize: [2], strides: 2 }),
  one(IMAGE, { type: 'conv2d', filters: 4, kernelSize: [3, 2], strides: [2, 1], padding: 'same' }),
  one(IMAGE, { type: 'conv2d', filters: 4, kernelSize: 2, groups: 2, useBias: false }),
  one(VOLUME, { type: 'conv3d', filters: 3, kernelSize: [2, 1, 3] }),
  one(STEPS, { type: 'conv1dTranspose', filters: 3, kernelSize: 3, strides: 2 }),
  one(IMAGE, { type: 'conv2dTranspose', filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
  one(STEPS, { type: 'depthwiseConv1d', kernelSize: 3, depthMultiplier: 2 }),
  one(IMAGE, { type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
  one(STEPS, { type: 'separableConv1d', filters: 3, kernelSize: 3 }),
  one(IMAGE, { type: 'separableConv2d', filters: 3, kernelSize: [2, 3], depthMultiplier: 2 }),
  one(STEPS, { type: 'maxPooling1d', poolSize: [3], strides: 1, padding: 'same' }),
  one(IMAGE, { type: 'maxPooling2d', poolSize: [2, 3] }),
  one(VOLUME, { type: 'maxPooling3d' }),
  one(STEPS, { type: 'averagePooling1d' }),
  one(IMAGE, { type: 'averagePooling2d', strides: 1, padding: 'same' }),
  one(VOLUME, { type: 'averagePooling3d', poolSize: [1, 2, 3] }),
  one(STEPS, { type: 'globalAveragePooling1d', keepdims: true }),
  one(IMAGE, { type: 'globalAveragePooling2d' }),
  one(VOLUME, { type: 'globalAveragePooling3d' }),
  one(STEPS, { type: 'globalMaxPooling1d' }),
  one(IMAGE, { type: 'globalMaxPooling2d', keepdims: true }),
  one(VOLUME, { type: 'globalMaxPooling3d' }),
  one(STEPS, { type: 'cropping1d', cropping: [1, 2] }),
  one(IMAGE, {
    type: 'cropping2d',
    cropping: [
      [1, 0],
      [2, 1],
    ],
  }),
  one(VOLUME, { type: 'cropping3d', cropping: [1, 0, 2] }),
  one(STEPS, { type: 'zeroPadding1d', padding: [1, 2] }),
  one(IMAGE, { type: 'zeroPadding2d', padding: [1, 2] }),
  one(VOLUME, { type: 'zeroPadding3d' }),
  one(STEPS, { type: 'upSampling1d', size: [3] }),
  one(IMAGE, { type: 'upSampling2d', size: [2, 3], interpolation: 'bilinear' }),
  one(VOLUME, { type: 'upSampling3d' }),
  one(IMAGE, { type: 'resizing', height: 5, width: 9 }),
  one(IMAGE, { type: 'resizing', height: 3, width: 11, interpolation: 'nearest' }),
  one(IMAGE, { type: 'centerCrop', height: 3, width: 4 }),
  one(STEPS, { type: 'simpleRNN', units: 3, activation: 'relu', recurrentInitializer: 'identity' }),
  one(STEPS, { type: 'lstm', units: 3, returnSequences: true, dropout: 0.1, recurrentDropout: 0.1 }),
  one(STEPS, { type: 'lstm', units: 3, unitForgetBias: false, goBackwards: true, recurrentActivation: 'hardSigmoid' }),
  one(STEPS, { type: 'gru', units: 3 }),
  one(STEPS, { type: 'gru', units: 3, resetAfter: false, returnSequences: true }),
  one(STEPS, { type: 'bidirectional', layer: { type: 'lstm', units: 3 } }),
  one(STEPS, { type: 'bidirectional', layer: { type: 'gru', units: 3, returnSequences: true }, mergeMode: 'ave' }),
  {
    name: 'a chain of several, two of a kind among them',
    input: IMAGE,
    layers: [
      { type: 'conv2d', filters: 3, kernelSize: 2 },
      { type: 'batchNormalization' },
      { type: 'conv2d', filters: 2, kernelSize: 2, name: 'second' },
      { type: 'flatten' },
      { type: 'dense', units: 4, name: 'hidden', activation: 'mish' },
      { type: 'dense', units: 3, activation: 'softmax' },
    ].map((given) => layerEntry.parse(given)),
  },
]

export function graphOfCase({ layers, input }: LayerCase): ModelGraph {
  return resolveGraph({ layers: [...layers] }, { featureShape: input, featureNames: null }).graph
}

/** Columns of a table. */
const COLUMNS = ['a', 'b', 'c', 'd', 'e']

const MERGED = ['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum', 'concatenate', 'dot']

export interface GraphCase {
  readonly name: string
  readonly graph: ModelGraph
}

function graph(name: string, model: Record<string, unknown>): GraphCase {
  const { layers, ...rest } = model
  const spec = { ...rest, layers: (layers as unknown[]).map((given) => layerEntry.parse(given)) }
  const resolved = resolveGraph(spec, { featureShape: [COLUMNS.length], featureNames: COLUMNS })
  if (resolved.faults.length > 0) throw new Error(`${name}: ${resolved.faults[0]?.message}`)
  return { name, graph: resolved.graph }
}

export const GRAPHS: readonly GraphCase[] = [
  ...MERGED.map((type) =>
    graph(type, {
      layers: [
        { type: 'dense', units: 3, name: 'left' },
        { type: 'dense', units: 3, name: 'right', from: 'input' },
        { type, from: ['left', 'right'] },
      ],
    }),
  ),
  graph('dot {"normalize":true,"axes":1}', {
    layers: [
      { type: 'dense', units: 3, name: 'left' },
      { type: 'dense', units: 3, name: 'right', from: 'input' },
      { type: 'dot', from: ['left', 'right'], normalize: true, axes: 1 },
    ],
  }),
  graph('wide and deep, two inputs and two outputs', {
    inputs: { wide: ['a', 'b', 'c'], deep: ['c', 'd', 'e'] },
    layers: [
      { type: 'dense', units: 4, activation: 'relu', from: 'deep' },
      { type: 'dense', units: 4, activation: 'relu', name: 'hidden' },
      { type: 'concatenate', from: ['wide', 'hidden'] },
      { type: 'dense', units: 1, name: 'main' },
      { type: 'dense', units: 2, name: 'aux', from: 'hidden' },
    ],
    outputs: ['main', 'aux'],
  }),
  graph('a tower that two inputs share, at two depths', {
    inputs: { one: ['a', 'b'], other: ['d', 'e'] },
    layers: [
      { type: 'dense', units: 2, name: 'first', from: 'other' },
      { type: 'dense', units: 2, activation: 'tanh', name: 'tower', from: 'one' },
      { type: 'shared', layer: 'tower', from: 'first', name: 'again' },
      { type: 'dense', units: 2, name: 'after', from: 'again' },
      { type: 'add', from: ['tower', 'after'] },
      { type: 'dense', units: 1, name: 'last' },
    ],
    outputs: ['last', 'again'],
  }),
  graph('branches of unlike depth, out of order', {
    layers: [
      { type: 'dense', units: 2, name: 'late' },
      { type: 'dense', units: 3, name: 'early', from: 'input' },
      { type: 'dense', units: 2, name: 'early2', from: 'early' },
      { type: 'dense', units: 2, name: 'early3', from: 'early2' },
      { type: 'multiply', from: ['late', 'early3'], name: 'product' },
      { type: 'dense', units: 1, name: 'side', from: 'early' },
    ],
    outputs: ['side', 'product'],
  }),
]
