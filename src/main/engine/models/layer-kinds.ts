/** Every layer type of the contract and what is known of it. */
import type { LayerEntry, LayerSpec, LayerType } from '../../../contract/experiment/layers.ts'
import type { BuildArgs, LayerKind, NoiseSource, Shape, Weight } from './layer-kind.ts'
import { conv1d, conv2d } from './layers/convolution.ts'
import { activation, dense, flatten, leakyReLU, reshape } from './layers/core.ts'
import { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from './layers/merging.ts'
import { dropout, gaussianNoise } from './layers/noise.ts'
import { batchNormalization, layerNormalization } from './layers/normalization.ts'
import { averagePooling2d, globalAveragePooling2d, maxPooling2d } from './layers/pooling.ts'
import { embedding, gru, lstm, simpleRNN } from './layers/sequence.ts'
import type { Tf, TfLayer } from './tf.ts'

const LAYER_KINDS: { readonly [T in LayerType]: LayerKind<T> } = {
  dense,
  flatten,
  reshape,
  activation,
  leakyReLU,
  dropout,
  gaussianNoise,
  batchNormalization,
  layerNormalization,
  conv1d,
  conv2d,
  maxPooling2d,
  averagePooling2d,
  globalAveragePooling2d,
  embedding,
  simpleRNN,
  lstm,
  gru,
  add,
  subtract,
  multiply,
  average,
  maximum,
  minimum,
  concatenate,
  dot,
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
  return kindOf(spec).weights(spec as never, input)
}

export function buildLayer(tf: Tf, spec: LayerSpec, args: BuildArgs, noise: NoiseSource, input: Shape): TfLayer {
  return kindOf(spec).build(tf, spec as never, args, noise, input)
}

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
