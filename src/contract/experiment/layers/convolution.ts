/** Convolutions, channels last. */
import { z } from 'zod'
import { oneOf, positiveInt } from '../expected.ts'
import { activated, bias, kernel, named, padding, sizes } from './parts.ts'
import { constraint, initializer, regularizer } from './weights.ts'

const window = (dimensions: number) => ({
  kernelSize: sizes(dimensions),
  strides: sizes(dimensions).default(1),
  dilationRate: sizes(dimensions).default(1),
  padding,
})
const conv = (dimensions: number) => ({
  filters: positiveInt,
  ...window(dimensions),
  groups: positiveInt.default(1).describe('of channels, each with filters of its own'),
  ...kernel,
  ...named,
})
const transposed = (dimensions: number) => ({
  filters: positiveInt,
  kernelSize: sizes(dimensions),
  strides: sizes(dimensions).default(1),
  padding,
  ...kernel,
  ...named,
})
const depthwise = (dimensions: number) => ({
  ...window(dimensions),
  depthMultiplier: positiveInt.default(1).describe('outputs of each channel'),
  ...activated,
  depthwiseInitializer: initializer.default('glorotUniform'),
  depthwiseRegularizer: regularizer.optional(),
  depthwiseConstraint: constraint.optional(),
  ...bias,
  ...named,
})
const separable = (dimensions: number) => ({
  filters: positiveInt,
  ...depthwise(dimensions),
  pointwiseInitializer: initializer.default('glorotUniform'),
  pointwiseRegularizer: regularizer.optional(),
  pointwiseConstraint: constraint.optional(),
})
const causal = oneOf(['valid', 'same', 'causal'])
  .default('valid')
  .describe('causal: as many outputs as inputs, none of which sees later ones')

export const convolutionLayers = [
  z.strictObject({ type: z.literal('conv1d'), ...conv(1), padding: causal }),
  z.strictObject({ type: z.literal('conv2d'), ...conv(2) }),
  z.strictObject({ type: z.literal('conv3d'), ...conv(3) }),
  z.strictObject({ type: z.literal('conv1dTranspose'), ...transposed(1) }),
  z.strictObject({ type: z.literal('conv2dTranspose'), ...transposed(2) }),
  z.strictObject({ type: z.literal('depthwiseConv1d'), ...depthwise(1) }),
  z.strictObject({ type: z.literal('depthwiseConv2d'), ...depthwise(2) }),
  z.strictObject({ type: z.literal('separableConv1d'), ...separable(1) }),
  z.strictObject({ type: z.literal('separableConv2d'), ...separable(2) }),
] as const
