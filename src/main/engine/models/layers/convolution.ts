/** Convolutions, channels last. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import { biasWeight, kernelArgs, kernelWeights, trainedWeight } from '../kernel.ts'
import { activationFunction } from '../activations.ts'
import type { LayerKind, Shape, Weight } from '../layer-kind.ts'
import { lastOf, ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf } from '../tf.ts'
import { computedKind, configOf, customLayer } from './custom.ts'
import { assertChannelsLast, perDimension, slide, type Dimensions } from './window.ts'

type ConvType = 'conv1d' | 'conv2d' | 'conv3d'
type ConvSpec = LayerOf<ConvType>
type DepthwiseSpec = LayerOf<'depthwiseConv1d'> | LayerOf<'depthwiseConv2d'>
type SeparableSpec = LayerOf<'separableConv1d'> | LayerOf<'separableConv2d'>
type WindowSpec = ConvSpec | DepthwiseSpec | SeparableSpec

/** Sizes after the window, which dilation makes wider. */
function slid(spec: WindowSpec, input: Shape, dimensions: Dimensions): number[] {
  assertChannelsLast(input, dimensions)
  const dilation = perDimension(spec.dilationRate, dimensions)
  const window = perDimension(spec.kernelSize, dimensions).map((size, at) => (size - 1) * (dilation[at] ?? 1) + 1)
  return slide(input, window, perDimension(spec.strides, dimensions), spec.padding)
}

/** A kernel with zeros between its numbers: TensorFlow.js has no gradient of a dilated convolution. */
function dilated(tf: Tf, kernel: Tensor, dilationRate: readonly number[]): Tensor {
  return dilationRate.reduce((wide, rate, axis) => {
    if (rate === 1) return wide
    const length = wide.shape[axis] ?? 1
    const before = wide.shape.slice(0, axis)
    const after = wide.shape.slice(axis + 1)
    const [outer, inner] = [tf.util.sizeFromShape(before), tf.util.sizeFromShape(after)]
    const numbers = tf.reshape(wide, [outer * length, 1, inner])
    const spaced = tf.concat([numbers, tf.zeros([outer * length, rate - 1, inner])], 1)
    const whole = tf.reshape(spaced, [outer, length * rate, inner])
    const size = (length - 1) * rate + 1
    return tf.reshape(tf.slice(whole, [0, 0, 0], [outer, size, inner]), [...before, size, ...after])
  }, kernel)
}

function convolved(tf: Tf, x: Tensor, kernel: Tensor, strides: number[], padding: 'valid' | 'same'): Tensor {
  if (x.rank === 3) return tf.conv1d(x as never, kernel as never, strides[0] ?? 1, padding)
  if (x.rank === 4) return tf.conv2d(x as never, kernel as never, strides as [number, number], padding)
  return tf.conv3d(x as never, kernel as never, strides as [number, number, number], padding)
}

/** Channels and filters in groups, or with gaps in the window, or of steps that are past: what tfjs's own layers lack. */
function convolve(tf: Tf, spec: ConvSpec, dimensions: Dimensions, input: Tensor, kernel: Tensor): Tensor {
  const wide = dilated(tf, kernel, perDimension(spec.dilationRate, dimensions))
  const strides = perDimension(spec.strides, dimensions)
  const causal = spec.padding === 'causal'
  const x = causal
    ? tf.pad(input, [
        [0, 0],
        [(wide.shape[0] ?? 1) - 1, 0],
        [0, 0],
      ])
    : input
  const padding = spec.padding === 'same' ? 'same' : 'valid'
  if (spec.groups === 1) return convolved(tf, x, wide, strides, padding)
  const inputs = tf.split(x, spec.groups, -1)
  const kernels = tf.split(wide, spec.groups, -1)
  return tf.concat(
    inputs.map((group, index) => convolved(tf, group, kernels[index] as Tensor, strides, padding)),
    -1,
  )
}

function isPlain(spec: ConvSpec, dimensions: Dimensions): boolean {
  const dense = perDimension(spec.dilationRate, dimensions).every((rate) => rate === 1)
  return dense && spec.groups === 1 && spec.padding !== 'causal'
}

/** Bias and activation. */
function finish(tf: Tf, spec: Pick<ConvSpec, 'activation'>, values: Tensor, bias: Tensor | undefined): Tensor {
  return activationFunction(tf, spec.activation)(bias ? tf.add(values, bias) : values)
}

function conv<T extends ConvType>(dimensions: Dimensions): LayerKind<T> {
  const kind: LayerKind<T> = {
    autoName: `conv${dimensions}d`,
    outputShape(spec: ConvSpec, input) {
      const sizes = slid(spec, input, dimensions)
      if (lastOf(input) % spec.groups === 0 && spec.filters % spec.groups === 0) return [...sizes, spec.filters]
      throw new ShapeFault(`channels and filters that ${spec.groups} groups divide`, input, 'set groups')
    },
    weights: (spec: ConvSpec, input) =>
      kernelWeights(spec, [...perDimension(spec.kernelSize, dimensions), lastOf(input) / spec.groups, spec.filters]),
    build(tf, spec: ConvSpec, args, _noise, input) {
      if (!isPlain(spec, dimensions)) {
        return customLayer(tf, args, {
          className: `Conv${dimensions}D`,
          config: configOf(spec),
          weights: kind.weights(spec as never, input),
          outputShape: kind.outputShape(spec as never, input),
          call: (values, [kernel, bias]) =>
            finish(tf, spec, convolve(tf, spec, dimensions, values, kernel as Tensor), bias),
        })
      }
      const settings = {
        ...args,
        ...kernelArgs(tf, spec),
        filters: spec.filters,
        kernelSize: perDimension(spec.kernelSize, dimensions),
        strides: perDimension(spec.strides, dimensions),
        padding: spec.padding,
        dataFormat: 'channelsLast',
      } as const
      if (dimensions === 1) return tf.layers.conv1d(settings)
      return dimensions === 2 ? tf.layers.conv2d(settings) : tf.layers.conv3d(settings)
    },
  }
  return kind
}

export const conv1d = conv<'conv1d'>(1)
export const conv2d = conv<'conv2d'>(2)
export const conv3d = conv<'conv3d'>(3)

/** One-dimensional inputs and kernels as two-dimensional ones of height 1. */
function asPlane(tf: Tf, x: Tensor): Tensor {
  return x.rank === 4 ? x : tf.expandDims(x, 1)
}

function kernelAsPlane(tf: Tf, kernel: Tensor): Tensor {
  return kernel.rank === 4 ? kernel : tf.expandDims(kernel, 0)
}

function transposedConv<T extends 'conv1dTranspose' | 'conv2dTranspose'>(dimensions: 1 | 2): LayerKind<T> {
  type Spec = LayerOf<'conv1dTranspose'> | LayerOf<'conv2dTranspose'>
  return computedKind<T>({
    autoName: `conv${dimensions}d_transpose`,
    className: `Conv${dimensions}DTranspose`,
    outputShape(spec: Spec, input) {
      assertChannelsLast(input, dimensions)
      const window = perDimension(spec.kernelSize, dimensions)
      const strides = perDimension(spec.strides, dimensions)
      const sizes = window.map((size, at) => {
        const stride = strides[at] ?? 1
        const spread = (input[at] ?? 1) * stride
        return spec.padding === 'same' ? spread : spread + Math.max(size - stride, 0)
      })
      return [...sizes, spec.filters]
    },
    weights: (spec: Spec, input) =>
      kernelWeights(spec, [...perDimension(spec.kernelSize, dimensions), spec.filters, lastOf(input)], spec.filters),
    call(tf, spec: Spec, values, [kernel, bias], { output }) {
      const rows = values.shape[0] ?? 1
      const shape = [rows, ...output]
      const plane = [rows, ...(dimensions === 1 ? [1] : []), ...output] as [number, number, number, number]
      const strides = perDimension(spec.strides, dimensions)
      const steps = (dimensions === 1 ? [1, ...strides] : strides) as [number, number]
      const filter = kernelAsPlane(tf, kernel as Tensor)
      const padding = spec.padding === 'same' ? 'same' : 'valid'
      const spread = tf.conv2dTranspose(asPlane(tf, values) as never, filter as never, plane, steps, padding)
      return finish(tf, spec, tf.reshape(spread, shape), bias)
    },
  })
}

export const conv1dTranspose = transposedConv<'conv1dTranspose'>(1)
export const conv2dTranspose = transposedConv<'conv2dTranspose'>(2)

function depthwiseWeight(name: string, spec: DepthwiseSpec | SeparableSpec, input: Shape, dimensions: 1 | 2): Weight {
  const shape = [...perDimension(spec.kernelSize, dimensions), lastOf(input), spec.depthMultiplier]
  return trainedWeight(name, shape, {
    initializer: spec.depthwiseInitializer,
    regularizer: spec.depthwiseRegularizer,
    constraint: spec.depthwiseConstraint,
  })
}

/** Each channel with windows of its own; [rows, height (1 of steps), width, channels · multiplier]. */
function depthwise(tf: Tf, spec: DepthwiseSpec | SeparableSpec, x: Tensor, kernel: Tensor, dimensions: 1 | 2): Tensor {
  const wide = kernelAsPlane(tf, dilated(tf, kernel, perDimension(spec.dilationRate, dimensions)))
  const strides = perDimension(spec.strides, dimensions)
  // TensorFlow wants the same for both; over a height of 1 any will do.
  const steps = [strides[0] ?? 1, strides.at(-1) ?? 1] as [number, number]
  return tf.depthwiseConv2d(asPlane(tf, x) as never, wide as never, steps, spec.padding)
}

function depthwiseConv<T extends 'depthwiseConv1d' | 'depthwiseConv2d'>(dimensions: 1 | 2): LayerKind<T> {
  return computedKind<T>({
    autoName: `depthwise_conv${dimensions}d`,
    className: `DepthwiseConv${dimensions}D`,
    outputShape: (spec: DepthwiseSpec, input) => [
      ...slid(spec, input, dimensions),
      lastOf(input) * spec.depthMultiplier,
    ],
    weights: (spec: DepthwiseSpec, input) => [
      depthwiseWeight('kernel', spec, input, dimensions),
      ...biasWeight(spec, [lastOf(input) * spec.depthMultiplier]),
    ],
    call(tf, spec: DepthwiseSpec, values, [kernel, bias]) {
      const plane = depthwise(tf, spec, values, kernel as Tensor, dimensions)
      return finish(tf, spec, dimensions === 1 ? tf.squeeze(plane, [1]) : plane, bias)
    },
  })
}

export const depthwiseConv1d = depthwiseConv<'depthwiseConv1d'>(1)
export const depthwiseConv2d = depthwiseConv<'depthwiseConv2d'>(2)

function separableConv<T extends 'separableConv1d' | 'separableConv2d'>(dimensions: 1 | 2): LayerKind<T> {
  return computedKind<T>({
    autoName: `separable_conv${dimensions}d`,
    className: `SeparableConv${dimensions}D`,
    outputShape: (spec: SeparableSpec, input) => [...slid(spec, input, dimensions), spec.filters],
    weights: (spec: SeparableSpec, input) => [
      depthwiseWeight('depthwise_kernel', spec, input, dimensions),
      trainedWeight(
        'pointwise_kernel',
        [...perDimension(1, dimensions), lastOf(input) * spec.depthMultiplier, spec.filters],
        {
          initializer: spec.pointwiseInitializer,
          regularizer: spec.pointwiseRegularizer,
          constraint: spec.pointwiseConstraint,
        },
      ),
      ...biasWeight(spec, [spec.filters]),
    ],
    call(tf, spec: SeparableSpec, values, [kernel, mix, bias]) {
      const plane = depthwise(tf, spec, values, kernel as Tensor, dimensions)
      const mixed = convolved(tf, plane, kernelAsPlane(tf, mix as Tensor), [1, 1], 'valid')
      return finish(tf, spec, dimensions === 1 ? tf.squeeze(mixed, [1]) : mixed, bias)
    },
  })
}

export const separableConv1d = separableConv<'separableConv1d'>(1)
export const separableConv2d = separableConv<'separableConv2d'>(2)
