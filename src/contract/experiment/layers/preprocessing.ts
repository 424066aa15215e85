/** Layers that make of columns what a model can learn from; they have nothing to train. */
import { z } from 'zod'
import { expected, flag, nonNegative, oneOf, positive, positiveInt } from '../expected.ts'
import { named } from './parts.ts'

const number = z.number(expected('a number'))
const perChannel = z.union([number, z.array(number).min(1)], expected('a number, or a list of them'))

export const preprocessingLayers = [
  z
    .strictObject({
      type: z.literal('normalization'),
      axis: z
        .union([z.int(), z.array(z.int()), z.null()], expected('an axis, a list of them, or null'))
        .default(-1)
        .describe('each of its places has a mean of its own; null: one for all'),
      mean: perChannel.optional().describe('default: of the training rows'),
      variance: z
        .union([nonNegative, z.array(nonNegative).min(1)], expected('a number of 0 or more, or a list of them'))
        .optional(),
      invert: flag.default(false),
      ...named,
    })
    .refine((given) => (given.mean === undefined) === (given.variance === undefined), {
      error: 'expected mean and variance, or neither',
    })
    .describe('to a mean of 0 and a variance of 1, as the training rows have them'),
  z
    .strictObject({
      type: z.literal('rescaling'),
      scale: perChannel,
      offset: perChannel.default(0),
      ...named,
    })
    .describe('input * scale + offset'),
  z
    .strictObject({
      type: z.literal('categoryEncoding'),
      numTokens: positiveInt,
      outputMode: oneOf(['oneHot', 'multiHot', 'count']).default('multiHot'),
      ...named,
    })
    .describe('whole numbers below numTokens as a row of numTokens'),
  z
    .strictObject({
      type: z.literal('discretization'),
      binBoundaries: z.array(number).min(1).optional(),
      numBins: positiveInt
        .refine((bins) => bins > 1, expected('2 bins or more'))
        .optional()
        .describe('bins that hold about as many of the training rows each, in place of binBoundaries'),
      epsilon: positive.default(0.01).describe('how far the share of a bin may be off'),
      outputMode: oneOf(['int', 'oneHot', 'multiHot', 'count']).default('int'),
      ...named,
    })
    .refine((given) => (given.binBoundaries === undefined) !== (given.numBins === undefined), {
      error: 'expected binBoundaries or numBins',
    })
    .describe('numbers as the index of the bin that they fall into; a boundary belongs to the bin above'),
] as const
