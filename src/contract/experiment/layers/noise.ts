/** Noise while training. */
import { z } from 'zod'
import { expected, nonNegative, positiveInt, rate } from '../expected.ts'
import { named } from './parts.ts'

const noiseShape = z
  .array(z.union([positiveInt, z.null()], expected('a size, or null')))
  .min(1)
  .optional()
  .describe('of the mask, with the batch first: null as the input, 1 shared')

export const noiseLayers = [
  z
    .strictObject({ type: z.literal('dropout'), rate, noiseShape, ...named })
    .describe('sets a share of the numbers to 0 while training'),
  z.strictObject({ type: z.literal('spatialDropout1d'), rate, ...named }).describe('drops whole channels'),
  z.strictObject({ type: z.literal('spatialDropout2d'), rate, ...named }).describe('drops whole channels'),
  z.strictObject({ type: z.literal('spatialDropout3d'), rate, ...named }).describe('drops whole channels'),
  z
    .strictObject({ type: z.literal('alphaDropout'), rate, noiseShape, ...named })
    .describe('dropout that keeps mean and variance of what selu makes'),
  z
    .strictObject({ type: z.literal('gaussianDropout'), rate, ...named })
    .describe('multiplies by normal noise around 1 while training'),
  z
    .strictObject({ type: z.literal('gaussianNoise'), stddev: nonNegative, ...named })
    .describe('adds normal noise while training'),
] as const
