/** Normalization while training. */
import { z } from 'zod'
import { expected, flag, positive, rate } from '../expected.ts'
import { named, oneAxis } from './parts.ts'
import { constraint, initializer, regularizer } from './weights.ts'

const scaleAndShift = {
  center: flag.default(true),
  scale: flag.default(true),
  betaInitializer: initializer.default('zeros'),
  gammaInitializer: initializer.default('ones'),
  betaRegularizer: regularizer.optional(),
  gammaRegularizer: regularizer.optional(),
  betaConstraint: constraint.optional(),
  gammaConstraint: constraint.optional(),
}
const axes = z.union([z.int(), z.array(z.int()).min(1)], expected('an axis, or a list of them')).default(-1)

export const normalizationLayers = [
  z.strictObject({
    type: z.literal('batchNormalization'),
    axis: oneAxis,
    momentum: rate.default(0.99),
    epsilon: positive.default(0.001),
    ...scaleAndShift,
    movingMeanInitializer: initializer.default('zeros'),
    movingVarianceInitializer: initializer.default('ones'),
    ...named,
  }),
  z.strictObject({
    type: z.literal('layerNormalization'),
    axis: axes,
    epsilon: positive.default(0.001),
    ...scaleAndShift,
    ...named,
  }),
  z
    .strictObject({
      type: z.literal('groupNormalization'),
      groups: z
        .int(expected('a number of groups, or -1'))
        .refine((groups) => groups > 0 || groups === -1, expected('a number of groups, or -1'))
        .default(32)
        .describe('-1: each channel on its own'),
      axis: oneAxis,
      epsilon: positive.default(0.001),
      ...scaleAndShift,
      ...named,
    })
    .describe('over groups of channels of a row'),
  z.strictObject({ type: z.literal('unitNormalization'), axis: axes, ...named }).describe('to a length of 1'),
  z
    .strictObject({ type: z.literal('rmsNormalization'), axis: axes, epsilon: positive.default(1e-6), ...named })
    .describe('by the root of the mean square'),
] as const
