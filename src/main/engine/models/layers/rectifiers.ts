/** Activations that are layers, with parameters of their own. */
import { activationFunction } from '../activations.ts'
import { trainedWeight } from '../kernel.ts'
import type { LayerKind, Shape } from '../layer-kind.ts'
import { NO_WEIGHTS, ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf } from '../tf.ts'
import { computedKind } from './custom.ts'

export const relu = computedKind<'relu'>({
  autoName: 're_lu',
  className: 'ReLU',
  call: (tf, spec, values) => activationFunction(tf, { ...spec, maxValue: spec.maxValue ?? null })(values),
})

export const leakyReLU: LayerKind<'leakyReLU'> = {
  autoName: 'leaky_re_lu',
  outputShape: (_spec, input) => input,
  weights: NO_WEIGHTS,
  build: (tf, spec, args) => tf.layers.leakyReLU({ ...args, alpha: spec.alpha ?? spec.negativeSlope }),
}

/** Of the slopes: 1 along axes that share theirs. */
function slopes(sharedAxes: readonly number[] | undefined, input: Shape): number[] {
  return input.map((size, index) => (sharedAxes?.includes(index + 1) ? 1 : size))
}

export const prelu = computedKind<'prelu'>({
  autoName: 'p_re_lu',
  className: 'PReLU',
  outputShape(spec, input) {
    if ((spec.sharedAxes ?? []).every((axis) => axis <= input.length)) return input
    throw new ShapeFault(`an input with the axes ${spec.sharedAxes?.join(', ')}, counted from 1`, input)
  },
  weights: (spec, input) => [
    trainedWeight('alpha', slopes(spec.sharedAxes, input), {
      initializer: spec.alphaInitializer,
      regularizer: spec.alphaRegularizer,
      constraint: spec.alphaConstraint,
    }),
  ],
  // Keras's formula: its slope at 0 is that of both, 0.
  call: (tf, _spec, values, [alpha]) => tf.sub(tf.relu(values), tf.mul(alpha as Tensor, tf.relu(tf.neg(values)))),
})

export const elu = computedKind<'elu'>({
  autoName: 'elu',
  className: 'ELU',
  call: (tf, { alpha }, values) => activationFunction(tf, alpha === 1 ? 'elu' : { type: 'elu', alpha })(values),
})

export const softmax = computedKind<'softmax'>({
  autoName: 'softmax',
  className: 'Softmax',
  outputShape(spec, input) {
    axisWithin(spec.axis, input)
    return input
  },
  call: (tf, spec, values, _weights, { input }) =>
    overAxis(tf, values, axisWithin(spec.axis, input), (moved) => tf.softmax(moved)),
})

/** TensorFlow.js's softmax takes the last axis only. */
function overAxis(tf: Tf, values: Tensor, axis: number, of: (moved: Tensor) => Tensor): Tensor {
  const last = values.rank - 1
  if (axis === last) return of(values)
  const swapped = Array.from({ length: values.rank }, (_, at) => (at === axis ? last : at === last ? axis : at))
  return tf.transpose(of(tf.transpose(values, swapped)), swapped)
}

/** An axis of the input with its batch, counted from 0. @throws ShapeFault when there is none such */
export function axisWithin(axis: number, input: Shape): number {
  const rank = input.length + 1
  const place = axis < 0 ? axis + rank : axis
  if (place >= 1 && place < rank) return place
  throw new ShapeFault(`an input with the axis ${axis}, of which 0 is the batch`, input)
}
