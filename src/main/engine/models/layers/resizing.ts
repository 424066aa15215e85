/** Layers that cut edges off, put zeros around, or repeat, channels last. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import type { LayerKind, Shape } from '../layer-kind.ts'
import { lastOf, ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf } from '../tf.ts'
import { computedKind } from './custom.ts'
import { assertChannelsLast, perDimension, type Dimensions } from './window.ts'

type Edge = readonly [before: number, after: number]
type Edges = number | readonly (number | readonly number[])[]

/** `1`, `[1, 2]` or `[[1, 0], [2, 2]]`; of one dimension `[before, after]`. */
function edgesOf(given: Edges, dimensions: Dimensions): Edge[] {
  if (typeof given === 'number') return Array.from({ length: dimensions }, () => [given, given])
  const each = dimensions === 1 ? [given as readonly number[]] : given
  return each.map((edge): Edge => (typeof edge === 'number' ? [edge, edge] : [edge[0] ?? 0, edge[1] ?? 0]))
}

/** @param sizeOf along a dimension, of how many there are */
function resized(dimensions: Dimensions, input: Shape, sizeOf: (size: number, dimension: number) => number): number[] {
  assertChannelsLast(input, dimensions)
  return [...Array.from({ length: dimensions }, (_, at) => sizeOf(input[at] ?? 0, at)), lastOf(input)]
}

function cropping<T extends `cropping${Dimensions}d`>(dimensions: Dimensions): LayerKind<T> {
  type Spec = LayerOf<`cropping${Dimensions}d`>
  return computedKind<T>({
    autoName: `cropping${dimensions}d`,
    className: `Cropping${dimensions}D`,
    outputShape(spec: Spec, input) {
      const edges = edgesOf(spec.cropping, dimensions)
      const shape = resized(dimensions, input, (size, at) => size - (edges[at]?.[0] ?? 0) - (edges[at]?.[1] ?? 0))
      if (shape.every((size) => size > 0)) return shape
      throw new ShapeFault('an input larger than what is cut off', input, 'set a smaller cropping')
    },
    call(tf, spec: Spec, values, _weights, { output }) {
      const begins = edgesOf(spec.cropping, dimensions).map(([before]) => before)
      return tf.slice(values, [0, ...begins, 0], [values.shape[0] ?? 1, ...output])
    },
  })
}

export const cropping1d = cropping<'cropping1d'>(1)
export const cropping2d = cropping<'cropping2d'>(2)
export const cropping3d = cropping<'cropping3d'>(3)

function zeroPadding<T extends `zeroPadding${Dimensions}d`>(dimensions: Dimensions): LayerKind<T> {
  type Spec = LayerOf<`zeroPadding${Dimensions}d`>
  return computedKind<T>({
    autoName: `zero_padding${dimensions}d`,
    className: `ZeroPadding${dimensions}D`,
    outputShape(spec: Spec, input) {
      const edges = edgesOf(spec.padding, dimensions)
      return resized(dimensions, input, (size, at) => size + (edges[at]?.[0] ?? 0) + (edges[at]?.[1] ?? 0))
    },
    call(tf, spec: Spec, values) {
      const edges = edgesOf(spec.padding, dimensions).map(([before, after]): [number, number] => [before, after])
      return tf.pad(values, [[0, 0], ...edges, [0, 0]])
    },
  })
}

export const zeroPadding1d = zeroPadding<'zeroPadding1d'>(1)
export const zeroPadding2d = zeroPadding<'zeroPadding2d'>(2)
export const zeroPadding3d = zeroPadding<'zeroPadding3d'>(3)

function upSampling<T extends `upSampling${Dimensions}d`>(dimensions: Dimensions): LayerKind<T> {
  type Spec = LayerOf<`upSampling${Dimensions}d`>
  return computedKind<T>({
    autoName: `up_sampling${dimensions}d`,
    className: `UpSampling${dimensions}D`,
    outputShape(spec: Spec, input) {
      const times = perDimension(spec.size, dimensions)
      return resized(dimensions, input, (size, at) => size * (times[at] ?? 1))
    },
    call(tf, spec: Spec, values) {
      const grow = 'interpolation' in spec && spec.interpolation === 'bilinear' ? interpolated : repeated
      return perDimension(spec.size, dimensions).reduce(
        (grown, times, at) => (times === 1 ? grown : grow(tf, grown, at + 1, times)),
        values,
      )
    },
  })
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

export const resizing = computedKind<'resizing'>({
  autoName: 'resizing',
  className: 'Resizing',
  outputShape({ height, width }, input) {
    assertChannelsLast(input, 2)
    return [height, width, lastOf(input)]
  },
  call(tf, { height, width, interpolation }, values) {
    const shares = interpolation === 'bilinear' ? betweenCentres : nearestPlace
    return [height, width].reduce((sized, to, at) => along(tf, sized, at + 1, to, shares), values)
  },
})

export const centerCrop = computedKind<'centerCrop'>({
  autoName: 'center_crop',
  className: 'CenterCrop',
  outputShape({ height, width }, input) {
    assertChannelsLast(input, 2)
    if ((input[0] ?? 0) >= height && (input[1] ?? 0) >= width) return [height, width, lastOf(input)]
    throw new ShapeFault(`images of ${height} × ${width} or more`, input, 'put {type: resizing} before it')
  },
  call(tf, { height, width }, values, _weights, { input, output }) {
    const begins = [height, width].map((size, at) => Math.floor(((input[at] ?? size) - size) / 2))
    return tf.slice(values, [0, ...begins, 0], [values.shape[0] ?? 1, ...output])
  },
})

/** How much each of `from` numbers makes of place `place` of `to`, by their indices. */
type Shares = (place: number, from: number, to: number) => readonly (readonly [index: number, share: number])[]

/** Between the centres of numbers in a line, and as at the edge beyond. */
const betweenCentres: Shares = (place, from, to) => {
  const at = Math.min(Math.max(((place + 0.5) * from) / to - 0.5, 0), from - 1)
  const low = Math.floor(at)
  return [
    [low, 1 - (at - low)],
    [Math.min(low + 1, from - 1), at - low],
  ]
}

const nearestPlace: Shares = (place, from, to) => [[Math.min(from - 1, Math.floor(((place + 0.5) * from) / to)), 1]]

function interpolated(tf: Tf, values: Tensor, axis: number, times: number): Tensor {
  return along(tf, values, axis, (values.shape[axis] ?? 1) * times, betweenCentres)
}

/** Numbers along an axis brought to another length: a product, whose gradient is right everywhere. */
function along(tf: Tf, values: Tensor, axis: number, to: number, sharesOf: Shares): Tensor {
  const from = values.shape[axis] ?? 1
  const shares = new Float32Array(from * to)
  for (let place = 0; place < to; place++) {
    for (const [index, share] of sharesOf(place, from, to)) {
      shares[index * to + place] = (shares[index * to + place] ?? 0) + share
    }
  }
  const last = values.rank - 1
  const swapped = Array.from({ length: values.rank }, (_, at) => (at === axis ? last : at === last ? axis : at))
  const moved = tf.transpose(values, swapped)
  const product = tf.matMul(tf.reshape(moved, [-1, from]), tf.tensor2d(shares, [from, to]))
  return tf.transpose(tf.reshape(product, [...moved.shape.slice(0, -1), to]), swapped)
}
