/** Normalization while training. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import { drawOf } from '../initial-weights.ts'
import { trainedWeight } from '../kernel.ts'
import type { BuildArgs, LayerKind, Shape, Weight } from '../layer-kind.ts'
import { ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf, TfLayer, Variable } from '../tf.ts'
import { computedKind, configOf, customLayer } from './custom.ts'
import { axisWithin } from './rectifiers.ts'

type ScaledSpec = LayerOf<'batchNormalization'> | LayerOf<'layerNormalization'> | LayerOf<'groupNormalization'>

function scaleAndShift(spec: ScaledSpec, shape: Shape): readonly Weight[] {
  const gamma = trainedWeight('gamma', shape, {
    initializer: spec.gammaInitializer,
    regularizer: spec.gammaRegularizer,
    constraint: spec.gammaConstraint,
  })
  const beta = trainedWeight('beta', shape, {
    initializer: spec.betaInitializer,
    regularizer: spec.betaRegularizer,
    constraint: spec.betaConstraint,
  })
  return [...(spec.scale ? [gamma] : []), ...(spec.center ? [beta] : [])]
}

/** Axes of the input with its batch, counted from 0, in order. */
function axesWithin(axis: number | readonly number[], input: Shape): number[] {
  return [axis]
    .flat()
    .map((given) => axisWithin(given, input))
    .sort((one, other) => one - other)
}

/** Sizes along the axes. */
function sizesAlong(axes: readonly number[], input: Shape): number[] {
  return axes.map((axis) => input[axis - 1] ?? 1)
}

/** 1 along all other axes than `axes`. */
function spread(axes: readonly number[], input: Shape): number[] {
  return [1, ...input.map((size, index) => (axes.includes(index + 1) ? size : 1))]
}

/** values · gamma + beta, of which either may be missing; both as `shape`. */
function scaleShifted(tf: Tf, values: Tensor, spec: ScaledSpec, weights: readonly Tensor[], shape: number[]): Tensor {
  const own = weights.map((weight) => tf.reshape(weight, shape))
  const gamma = spec.scale ? own.shift() : undefined
  const scaled = gamma ? tf.mul(values, gamma) : values
  const beta = spec.center ? own.shift() : undefined
  return beta ? tf.add(scaled, beta) : scaled
}

export const batchNormalization: LayerKind<'batchNormalization'> = {
  autoName: 'batch_normalization',
  outputShape({ axis }, input) {
    axisWithin(axis, input)
    return input
  },
  weights(spec, input) {
    const shape = sizesAlong([axisWithin(spec.axis, input)], input)
    return [
      ...scaleAndShift(spec, shape),
      { name: 'moving_mean', shape, trainable: false, draw: drawOf(spec.movingMeanInitializer) },
      { name: 'moving_variance', shape, trainable: false, draw: drawOf(spec.movingVarianceInitializer) },
    ]
  },
  build(tf, spec, args, _noise, input) {
    const { axis, momentum, epsilon, center, scale } = spec
    // TensorFlow.js's layer is wrong over other axes, and fails without gamma or beta.
    if (!center || !scale || axisWithin(axis, input) !== input.length)
      return anyBatchNormalization(tf, spec, args, input)
    const layer = tf.layers.batchNormalization({ ...args, axis, momentum, epsilon, center, scale })
    if (spec.trainable !== false) return layer
    // Keras's, frozen, normalizes by the moving statistics, and leaves them.
    const call = layer.call.bind(layer)
    layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: false })
    return layer
  },
}

function anyBatchNormalization(tf: Tf, spec: LayerOf<'batchNormalization'>, args: BuildArgs, input: Shape): TfLayer {
  const axis = axisWithin(spec.axis, input)
  const shape = spread([axis], input)
  const others = [0, ...input.map((_, index) => index + 1)].filter((at) => at !== axis)
  const moved = (moving: Tensor, value: Tensor): Tensor =>
    tf.add(tf.mul(moving, spec.momentum), tf.mul(tf.reshape(value, moving.shape), 1 - spec.momentum))
  return customLayer(tf, args, {
    className: 'BatchNormalization',
    config: configOf(spec),
    weights: batchNormalization.weights(spec, input),
    outputShape: input,
    call(values, weights, training) {
      const [movingMean, movingVariance] = weights.slice(-2) as [Variable, Variable]
      const own = weights.slice(0, -2)
      const learns = training && spec.trainable !== false
      const mean = learns ? tf.mean(values, others, true) : tf.reshape(movingMean, shape)
      const centred = tf.sub(values, mean)
      const variance = learns ? tf.mean(tf.square(centred), others, true) : tf.reshape(movingVariance, shape)
      if (learns) {
        movingMean.assign(moved(movingMean, mean))
        movingVariance.assign(moved(movingVariance, variance))
      }
      return scaleShifted(tf, tf.mul(centred, tf.rsqrt(tf.add(variance, spec.epsilon))), spec, own, shape)
    },
  })
}

export const layerNormalization: LayerKind<'layerNormalization'> = {
  autoName: 'layer_normalization',
  outputShape(spec, input) {
    axesWithin(spec.axis, input)
    return input
  },
  weights: (spec, input) => scaleAndShift(spec, sizesAlong(axesWithin(spec.axis, input), input)),
  build(tf, spec, args, _noise, input) {
    const axes = axesWithin(spec.axis, input)
    const plain = axes.length === 1 && axes[0] === input.length
    if (plain) {
      const { epsilon, center, scale } = spec
      return tf.layers.layerNormalization({ ...args, axis: -1, epsilon, center, scale })
    }
    return customLayer(tf, args, {
      className: 'LayerNormalization',
      config: configOf(spec),
      weights: layerNormalization.weights(spec, input),
      outputShape: input,
      call: (values, weights) =>
        scaleShifted(tf, normalized(tf, values, axes, spec.epsilon), spec, weights, spread(axes, input)),
    })
  },
}

/** To a mean of 0 and a variance of 1 along the axes. */
function normalized(tf: Tf, values: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const centred = tf.sub(values, tf.mean(values, [...axes], true))
  const variance = tf.mean(tf.square(centred), [...axes], true)
  return tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)))
}

export const groupNormalization = computedKind<'groupNormalization'>({
  autoName: 'group_normalization',
  className: 'GroupNormalization',
  outputShape(spec, input) {
    const channels = input[axisWithin(spec.axis, input) - 1] ?? 1
    if (spec.groups === -1 || channels % spec.groups === 0) return input
    throw new ShapeFault(`channels that ${spec.groups} groups divide`, input, 'set groups')
  },
  weights: (spec, input) => scaleAndShift(spec, sizesAlong([axisWithin(spec.axis, input)], input)),
  call(tf, spec, values, weights, { input }) {
    const axis = axisWithin(spec.axis, input)
    const channels = input[axis - 1] ?? 1
    const groups = spec.groups === -1 ? channels : spec.groups
    const grouped = [...input.slice(0, axis - 1), groups, channels / groups, ...input.slice(axis)]
    const within = grouped.map((_, index) => index + 1).filter((at) => at !== axis)
    const apart = tf.reshape(values, [values.shape[0] ?? 1, ...grouped])
    const flat = tf.reshape(normalized(tf, apart, within, spec.epsilon), values.shape)
    return scaleShifted(tf, flat, spec, weights, spread([axis], input))
  },
})

export const unitNormalization = computedKind<'unitNormalization'>({
  autoName: 'unit_normalization',
  className: 'UnitNormalization',
  outputShape(spec, input) {
    axesWithin(spec.axis, input)
    return input
  },
  call(tf, spec, values, _weights, { input }) {
    const squares = tf.maximum(tf.sum(tf.square(values), axesWithin(spec.axis, input), true), 1e-12)
    return tf.mul(values, tf.rsqrt(squares))
  },
})

export const rmsNormalization = computedKind<'rmsNormalization'>({
  autoName: 'rms_normalization',
  className: 'RMSNormalization',
  outputShape(spec, input) {
    axesWithin(spec.axis, input)
    return input
  },
  weights: (spec, input) => [
    trainedWeight('scale', sizesAlong(axesWithin(spec.axis, input), input), {
      initializer: 'ones',
      regularizer: undefined,
      constraint: undefined,
    }),
  ],
  call(tf, spec, values, [scale], { input }) {
    const axes = axesWithin(spec.axis, input)
    const squares = tf.mean(tf.square(values), axes, true)
    const units = tf.mul(values, tf.rsqrt(tf.add(squares, spec.epsilon)))
    return tf.mul(units, tf.reshape(scale as Tensor, spread(axes, input)))
  },
})
