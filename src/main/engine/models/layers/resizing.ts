/** Layers that cut edges off, put zeros around, or repeat, channels last. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import type { LayerKind } from '../layer-kind.ts'
import { lastOf, NO_WEIGHTS, ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf } from '../tf.ts'
import { configOf, customLayer } from './custom.ts'
import { assertChannelsLast, perDimension, type Dimensions } from './window.ts'

type Edge = readonly [before: number, after: number]
type Edges = number | readonly (number | readonly number[])[]

/** `1`, `[1, 2]` or `[[1, 0], [2, 2]]`; of one dimension `[before, after]`. */
function edgesOf(given: Edges, dimensions: Dimensions): Edge[] {
  if (typeof given === 'number') return Array.from({ length: dimensions }, () => [given, given])
  const each = dimensions === 1 ? [given as readonly number[]] : given
  return each.map((edge): Edge => (typeof edge === 'number' ? [edge, edge] : [edge[0] ?? 0, edge[1] ?? 0]))
}

function cropping<T extends `cropping${Dimensions}d`>(dimensions: Dimensions): LayerKind<T> {
  type Spec = LayerOf<`cropping${Dimensions}d`>
  const kind: LayerKind<T> = {
    autoName: `cropping${dimensions}d`,
    outputShape(spec: Spec, input) {
      assertChannelsLast(input, dimensions)
      const sizes = edgesOf(spec.cropping, dimensions).map(([before, after], at) => (input[at] ?? 0) - before - after)
      if (sizes.every((size) => size > 0)) return [...sizes, lastOf(input)]
      throw new ShapeFault('an input larger than what is cut off', input, 'set a smaller cropping')
    },
    weights: NO_WEIGHTS,
    build: (tf, spec: Spec, args, _noise, input) =>
      customLayer(tf, args, {
        className: `Cropping${dimensions}D`,
        config: configOf(spec),
        outputShape: kind.outputShape(spec as never, input),
        call: (values) =>
          tf.slice(
            values,
            [0, ...edgesOf(spec.cropping, dimensions).map(([before]) => before), 0],
            [values.shape[0] ?? 1, ...kind.outputShape(spec as never, input)],
          ),
      }),
  }
  return kind
}

export const cropping1d = cropping<'cropping1d'>(1)
export const cropping2d = cropping<'cropping2d'>(2)
export const cropping3d = cropping<'cropping3d'>(3)

function zeroPadding<T extends `zeroPadding${Dimensions}d`>(dimensions: Dimensions): LayerKind<T> {
  type Spec = LayerOf<`zeroPadding${Dimensions}d`>
  const kind: LayerKind<T> = {
    autoName: `zero_padding${dimensions}d`,
    outputShape(spec: Spec, input) {
      assertChannelsLast(input, dimensions)
      const sizes = edgesOf(spec.padding, dimensions).map(([before, after], at) => (input[at] ?? 0) + before + after)
      return [...sizes, lastOf(input)]
    },
    weights: NO_WEIGHTS,
    build: (tf, spec: Spec, args, _noise, input) =>
      customLayer(tf, args, {
        className: `ZeroPadding${dimensions}D`,
        config: configOf(spec),
        outputShape: kind.outputShape(spec as never, input),
        call: (values) =>
          tf.pad(values, [
            [0, 0],
            ...edgesOf(spec.padding, dimensions).map(([a, b]): [number, number] => [a, b]),
            [0, 0],
          ]),
      }),
  }
  return kind
}

export const zeroPadding1d = zeroPadding<'zeroPadding1d'>(1)
export const zeroPadding2d = zeroPadding<'zeroPadding2d'>(2)
export const zeroPadding3d = zeroPadding<'zeroPadding3d'>(3)

function upSampling<T extends `upSampling${Dimensions}d`>(dimensions: Dimensions): LayerKind<T> {
  type Spec = LayerOf<`upSampling${Dimensions}d`>
  const kind: LayerKind<T> = {
    autoName: `up_sampling${dimensions}d`,
    outputShape(spec: Spec, input) {
      assertChannelsLast(input, dimensions)
      const sizes = perDimension(spec.size, dimensions).map((times, at) => (input[at] ?? 0) * times)
      return [...sizes, lastOf(input)]
    },
    weights: NO_WEIGHTS,
    build: (tf, spec: Spec, args, _noise, input) =>
      customLayer(tf, args, {
        className: `UpSampling${dimensions}D`,
        config: configOf(spec),
        outputShape: kind.outputShape(spec as never, input),
        call(values) {
          const grow = 'interpolation' in spec && spec.interpolation === 'bilinear' ? interpolated : repeated
          return perDimension(spec.size, dimensions).reduce(
            (grown, times, at) => (times === 1 ? grown : grow(tf, grown, at + 1, times)),
            values,
          )
        },
      }),
  }
  return kind
}

export const upSampling1d = upSampling<'upSampling1d'>(1)
export const upSampling2d = upSampling<'upSampling2d'>(2)
export const upSampling3d = upSampling<'upSampling3d'>(3)

/** Each number along an axis so many times. */
function repeated(tf: Tf, values: Tensor, axis: number, times: number): Tensor {
  const before = values.shape.slice(0, axis + 1)
  const after = values.shape.slice(axis + 1)
  const flat = tf.reshape(values, [tf.util.sizeFromShape(before), 1, tf.util.sizeFromShape(after)])
  const many = tf.concat(Array<Tensor>(times).fill(flat), 1)
  return tf.reshape(many, [...before.slice(0, -1), (before.at(-1) ?? 1) * times, ...after])
}

/** Between the centres of numbers in a line, and as at the edge beyond: a product, whose gradient is right everywhere. */
function interpolated(tf: Tf, values: Tensor, axis: number, times: number): Tensor {
  const length = values.shape[axis] ?? 1
  const shares = new Float32Array(length * length * times)
  for (let place = 0; place < length * times; place++) {
    const at = Math.min(Math.max((place + 0.5) / times - 0.5, 0), length - 1)
    const low = Math.floor(at)
    const high = Math.min(low + 1, length - 1)
    shares[low * length * times + place] = 1 - (at - low)
    shares[high * length * times + place] = (shares[high * length * times + place] ?? 0) + (at - low)
  }
  const last = values.rank - 1
  const swapped = Array.from({ length: values.rank }, (_, at) => (at === axis ? last : at === last ? axis : at))
  const moved = tf.transpose(values, swapped)
  const product = tf.matMul(tf.reshape(moved, [-1, length]), tf.tensor2d(shares, [length, length * times]))
  return tf.transpose(tf.reshape(product, [...moved.shape.slice(0, -1), length * times]), swapped)
}
