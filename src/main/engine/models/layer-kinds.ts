/** Every layer type of the contract and what is known of it. */
import type { LayerEntry, LayerSpec, LayerType } from '../../../contract/experiment/layers.ts'
import type { BuildArgs, LayerKind, BuildContext, Shape, Weight } from './layer-kind.ts'
import * as convolution from './layers/convolution.ts'
import * as core from './layers/core.ts'
import * as merging from './layers/merging.ts'
import * as lookup from './layers/lookup.ts'
import * as noise from './layers/noise.ts'
import * as normalization from './layers/normalization.ts'
import * as pooling from './layers/pooling.ts'
import * as preprocessing from './layers/preprocessing.ts'
import * as rectifiers from './layers/rectifiers.ts'
import * as resizing from './layers/resizing.ts'
import * as sequence from './layers/sequence.ts'
import type { Tf, TfLayer } from './tf.ts'
import { chargeOutput } from './weight-rules.ts'

const LAYER_KINDS: { readonly [T in LayerType]: LayerKind<T> } = {
  dense: core.dense,
  flatten: core.flatten,
  reshape: core.reshape,
  permute: core.permute,
  repeatVector: core.repeatVector,
  activation: core.activation,
  activityRegularization: core.activityRegularization,
  embedding: core.embedding,
  normalization: preprocessing.normalization,
  rescaling: preprocessing.rescaling,
  categoryEncoding: preprocessing.categoryEncoding,
  discretization: preprocessing.discretization,
  relu: rectifiers.relu,
  leakyReLU: rectifiers.leakyReLU,
  prelu: rectifiers.prelu,
  elu: rectifiers.elu,
  softmax: rectifiers.softmax,
  dropout: noise.dropout,
  spatialDropout1d: noise.spatialDropout1d,
  spatialDropout2d: noise.spatialDropout2d,
  spatialDropout3d: noise.spatialDropout3d,
  alphaDropout: noise.alphaDropout,
  gaussianDropout: noise.gaussianDropout,
  gaussianNoise: noise.gaussianNoise,
  batchNormalization: normalization.batchNormalization,
  layerNormalization: normalization.layerNormalization,
  groupNormalization: normalization.groupNormalization,
  unitNormalization: normalization.unitNormalization,
  rmsNormalization: normalization.rmsNormalization,
  conv1d: convolution.conv1d,
  conv2d: convolution.conv2d,
  conv3d: convolution.conv3d,
  conv1dTranspose: convolution.conv1dTranspose,
  conv2dTranspose: convolution.conv2dTranspose,
  depthwiseConv1d: convolution.depthwiseConv1d,
  depthwiseConv2d: convolution.depthwiseConv2d,
  separableConv1d: convolution.separableConv1d,
  separableConv2d: convolution.separableConv2d,
  maxPooling1d: pooling.maxPooling1d,
  maxPooling2d: pooling.maxPooling2d,
  maxPooling3d: pooling.maxPooling3d,
  averagePooling1d: pooling.averagePooling1d,
  averagePooling2d: pooling.averagePooling2d,
  averagePooling3d: pooling.averagePooling3d,
  globalAveragePooling1d: pooling.globalAveragePooling1d,
  globalAveragePooling2d: pooling.globalAveragePooling2d,
  globalAveragePooling3d: pooling.globalAveragePooling3d,
  globalMaxPooling1d: pooling.globalMaxPooling1d,
  globalMaxPooling2d: pooling.globalMaxPooling2d,
  globalMaxPooling3d: pooling.globalMaxPooling3d,
  cropping1d: resizing.cropping1d,
  cropping2d: resizing.cropping2d,
  cropping3d: resizing.cropping3d,
  zeroPadding1d: resizing.zeroPadding1d,
  zeroPadding2d: resizing.zeroPadding2d,
  zeroPadding3d: resizing.zeroPadding3d,
  upSampling1d: resizing.upSampling1d,
  upSampling2d: resizing.upSampling2d,
  upSampling3d: resizing.upSampling3d,
  resizing: resizing.resizing,
  centerCrop: resizing.centerCrop,
  simpleRNN: sequence.simpleRNN,
  lstm: sequence.lstm,
  gru: sequence.gru,
  bidirectional: sequence.bidirectional,
  add: merging.add,
  subtract: merging.subtract,
  multiply: merging.multiply,
  average: merging.average,
  maximum: merging.maximum,
  minimum: merging.minimum,
  stringLookup: lookup.stringLookup,
  integerLookup: lookup.integerLookup,
  hashing: lookup.hashing,
  textVectorization: lookup.textVectorization,
  concatenate: merging.concatenate,
  dot: merging.dot,
}

/** TypeScript cannot see that the kind of `spec.type` takes `spec`; here is the one place where it is told so. */
function kindOf<T extends LayerType>(spec: { type: T }): LayerKind<T> {
  return LAYER_KINDS[spec.type]
}

/** @throws ShapeFault */
export function outputShapeOf(spec: LayerSpec, inputs: readonly Shape[]): Shape {
  const [first = [], ...others] = inputs
  return kindOf(spec).outputShape(spec as never, first, others)
}

/** How many inputs it takes. */
export function inputsTakenBy(spec: { type: LayerType }): 1 | 2 | 'several' {
  return kindOf(spec).takes ?? 1
}

export function weightsOf(spec: LayerSpec, input: Shape): readonly Weight[] {
  const weights = kindOf(spec).weights(spec as never, input)
  return spec.trainable === false ? weights.map((weight) => ({ ...weight, trainable: false })) : weights
}

export function buildLayer(tf: Tf, spec: LayerSpec, args: BuildArgs, context: BuildContext, input: Shape): TfLayer {
  const held = spec.trainable === false ? { ...args, trainable: false } : args
  const layer = kindOf(spec).build(tf, spec as never, held, context, input)
  if ('activityRegularizer' in spec && spec.activityRegularizer) chargeOutput(tf, layer, spec.activityRegularizer)
  return layer
}

/** Layers that are given numbers of texts. */
export const TAKES_TEXTS: ReadonlySet<LayerType> = new Set(['stringLookup', 'hashing', 'textVectorization'] as const)

/** Names given, and Keras's automatic ones for the rest: dense, dense_1, … counted per model. */
export function layerNames(layers: readonly LayerEntry[]): string[] {
  const taken = new Set(layers.flatMap((layer) => layer.name ?? []))
  const counts = new Map<string, number>()
  return layers.map((layer) => {
    if (layer.name !== undefined) return layer.name
    const base = layer.type === 'shared' ? layer.layer : kindOf(layer).autoName
    let count = counts.get(base) ?? 0
    const numbered = (): string => (count === 0 ? base : `${base}_${count}`)
    while (taken.has(numbered())) count++
    counts.set(base, count + 1)
    return numbered()
  })
}
