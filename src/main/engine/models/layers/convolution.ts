/** Convolutions, channels last. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import { kernelArgs, kernelWeights } from '../kernel.ts'
import type { LayerKind, Shape, Weight } from '../layer-kind.ts'
import { lastOf } from '../layer-kind.ts'
import type { Tf } from '../tf.ts'
import { assertChannelsLast, perDimension, slide } from './window.ts'

type ConvSpec = LayerOf<'conv1d'> | LayerOf<'conv2d'>

function outputShape(spec: ConvSpec, input: Shape, dimensions: 1 | 2): Shape {
  assertChannelsLast(input, dimensions)
  const window = perDimension(spec.kernelSize, dimensions)
  return [...slide(input, window, perDimension(spec.strides, dimensions), spec.padding), spec.filters]
}

function weights(spec: ConvSpec, input: Shape, dimensions: 1 | 2): readonly Weight[] {
  return kernelWeights(spec, [...perDimension(spec.kernelSize, dimensions), lastOf(input), spec.filters])
}

function convArgs(tf: Tf, spec: ConvSpec, dimensions: 1 | 2) {
  return {
    ...kernelArgs(tf, spec),
    filters: spec.filters,
    kernelSize: perDimension(spec.kernelSize, dimensions),
    strides: perDimension(spec.strides, dimensions),
    padding: spec.padding,
    dataFormat: 'channelsLast',
  } as const
}

export const conv1d: LayerKind<'conv1d'> = {
  autoName: 'conv1d',
  outputShape: (spec, input) => outputShape(spec, input, 1),
  weights: (spec, input) => weights(spec, input, 1),
  build: (tf, spec, args) => tf.layers.conv1d({ ...args, ...convArgs(tf, spec, 1) }),
}

export const conv2d: LayerKind<'conv2d'> = {
  autoName: 'conv2d',
  outputShape: (spec, input) => outputShape(spec, input, 2),
  weights: (spec, input) => weights(spec, input, 2),
  build: (tf, spec, args) => tf.layers.conv2d({ ...args, ...convArgs(tf, spec, 2) }),
}
