/** Layers that make of columns what a model can learn from. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import { makeAdaptable, momentsAlong, type Adaptation } from '../adapt.ts'
import { ones, zeros } from '../initial-weights.ts'
import { quantileBoundaries } from '../quantile-boundaries.ts'
import type { LayerKind, Shape } from '../layer-kind.ts'
import { NO_WEIGHTS, ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf } from '../tf.ts'
import { configOf, customLayer } from './custom.ts'
import { axisWithin } from './rectifiers.ts'

/** Keras's `epsilon()`: the least deviation that is divided by. */
const EPSILON = 1e-7

/** Axes that keep means of their own, with the batch counted as 0. */
function keptAxes({ axis }: LayerOf<'normalization'>, input: Shape): number[] {
  return [axis ?? []]
    .flat()
    .map((given) => axisWithin(given, input))
    .sort((one, other) => one - other)
}

export const normalization: LayerKind<'normalization'> = {
  autoName: 'normalization',
  outputShape(spec, input) {
    const kept = keptAxes(spec, input)
    const places = kept.reduce((count, axis) => count * (input[axis - 1] ?? 1), 1)
    for (const given of [spec.mean, spec.variance]) {
      if (!Array.isArray(given) || given.length === places) continue
      throw new ShapeFault(`${given.length} places to have a mean and a variance each`, input)
    }
    return input
  },
  weights(spec, input) {
    if (spec.mean !== undefined) return []
    const shape = keptAxes(spec, input).map((axis) => input[axis - 1] ?? 1)
    return [
      { name: 'mean', shape, trainable: false, draw: zeros },
      { name: 'variance', shape, trainable: false, draw: ones },
      { name: 'count', shape: [], trainable: false, draw: zeros },
    ]
  },
  build(tf, spec, args, _noise, input) {
    const kept = keptAxes(spec, input)
    const broadcast = [1, ...input.map((size, index) => (kept.includes(index + 1) ? size : 1))]
    const given = (numbers: number | readonly number[] | undefined): Tensor =>
      typeof numbers === 'number' ? tf.scalar(numbers) : tf.reshape(tf.tensor1d([...(numbers ?? [])]), broadcast)
    const layer = customLayer(tf, args, {
      className: 'Normalization',
      config: configOf(spec),
      weights: normalization.weights(spec, input),
      outputShape: input,
      call(values, [mean, variance]) {
        const centre = mean ? tf.reshape(mean, broadcast) : given(spec.mean)
        const spread = variance ? tf.reshape(variance, broadcast) : given(spec.variance)
        const deviation = tf.maximum(tf.sqrt(spread), EPSILON)
        return spec.invert ? tf.add(centre, tf.mul(values, deviation)) : tf.div(tf.sub(values, centre), deviation)
      },
    })
    if (spec.mean === undefined) makeAdaptable(layer, () => momentsAlong(tf, kept, input))
    return layer
  },
}

export const rescaling: LayerKind<'rescaling'> = {
  autoName: 'rescaling',
  outputShape({ scale, offset }, input) {
    for (const given of [scale, offset]) {
      if (!Array.isArray(given) || given.length === 1 || given.length === input.at(-1)) continue
      throw new ShapeFault(`${given.length} channels, one for each number of scale and offset`, input)
    }
    return input
  },
  weights: NO_WEIGHTS,
  build(tf, spec, args, _noise, input) {
    const tensor = (given: number | number[]): Tensor => (Array.isArray(given) ? tf.tensor1d(given) : tf.scalar(given))
    return customLayer(tf, args, {
      className: 'Rescaling',
      config: configOf(spec),
      outputShape: input,
      call: (values) => tf.add(tf.mul(values, tensor(spec.scale)), tensor(spec.offset)),
    })
  },
}

type OutputMode = LayerOf<'discretization'>['outputMode']

/** Sizes of the codes of rows of `input`: one row of tokens, or one for each number with `oneHot`. */
export function codeShape(mode: OutputMode, input: Shape, tokens: number): number[] {
  if (mode === 'int') return [...input]
  if (mode === 'oneHot') return [...(input.at(-1) === 1 ? input.slice(0, -1) : input), tokens]
  return [...input.slice(0, -1), tokens]
}

/** As whole numbers, or as rows of 0 and 1 or of how often; no place is a row of zeros. */
export function encoded(tf: Tf, mode: OutputMode, indices: Tensor, tokens: number): Tensor {
  if (mode === 'int') return indices
  const single = mode === 'oneHot' && indices.rank > 1 && indices.shape.at(-1) === 1
  const flat = single ? tf.squeeze(indices, [indices.rank - 1]) : indices
  const codes = tf.cast(tf.oneHot(tf.cast(flat, 'int32'), tokens), 'float32')
  if (mode === 'oneHot' || indices.rank < 2) return codes
  return mode === 'count' ? tf.sum(codes, -2) : tf.max(codes, -2)
}

export const categoryEncoding: LayerKind<'categoryEncoding'> = {
  autoName: 'category_encoding',
  outputShape: (spec, input) => codeShape(spec.outputMode, input, spec.numTokens),
  weights: NO_WEIGHTS,
  build: (tf, spec, args, _noise, input) =>
    customLayer(tf, args, {
      className: 'CategoryEncoding',
      config: configOf(spec),
      outputShape: codeShape(spec.outputMode, input, spec.numTokens),
      call: (values) => encoded(tf, spec.outputMode, values, spec.numTokens),
    }),
}

function binsIn(spec: LayerOf<'discretization'>): number {
  return spec.numBins ?? (spec.binBoundaries?.length ?? 0) + 1
}

export const discretization: LayerKind<'discretization'> = {
  autoName: 'discretization',
  outputShape: (spec, input) => codeShape(spec.outputMode, input, binsIn(spec)),
  weights: (spec) =>
    spec.numBins === undefined
      ? []
      : [{ name: 'bin_boundaries', shape: [spec.numBins - 1], trainable: false, draw: zeros }],
  build(tf, spec, args, _noise, input) {
    const layer = customLayer(tf, args, {
      className: 'Discretization',
      config: configOf(spec),
      weights: discretization.weights(spec, input),
      outputShape: discretization.outputShape(spec, input),
      call(values, [learnt]) {
        const boundaries = learnt ?? tf.tensor1d(spec.binBoundaries ?? [])
        return encoded(tf, spec.outputMode, binsOf(tf, values, boundaries), binsIn(spec))
      },
    })
    const { numBins } = spec
    if (numBins !== undefined) makeAdaptable(layer, () => binsOfRows(tf, numBins, spec.epsilon))
    return layer
  },
}

/** All numbers are kept, to be sorted once. */
function binsOfRows(tf: Tf, bins: number, epsilon: number): Adaptation {
  const seen: Float32Array[] = []
  return {
    see: (input) => void seen.push(Float32Array.from(input.dataSync())),
    weights() {
      const all = new Float32Array(seen.reduce((sum, values) => sum + values.length, 0))
      let at = 0
      for (const values of seen) {
        all.set(values, at)
        at += values.length
      }
      return [tf.tensor1d(quantileBoundaries(all, bins, epsilon))]
    },
  }
}

/** How many boundaries are not above each number. */
function binsOf(tf: Tf, values: Tensor, boundaries: Tensor): Tensor {
  return withoutGradient(tf, values, (x) =>
    tf.sum(tf.cast(tf.greaterEqual(tf.expandDims(x, -1), boundaries), 'float32'), -1),
  )
}

/** A step function: no gradient passes, as in Keras. */
export function withoutGradient(tf: Tf, values: Tensor, of: (values: Tensor) => Tensor): Tensor {
  const step = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    save([x])
    return { value: of(x), gradFunc: (_dy: Tensor, [saved = x]: Tensor[]) => tf.zerosLike(saved) }
  })
  return step(values)
}
