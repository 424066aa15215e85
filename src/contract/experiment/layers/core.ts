/** Dense, embeddings, activations with parameters, and the layers that only rearrange. */
import { z } from 'zod'
import { activation } from '../activation.ts'
import { expected, nonNegative, positiveInt } from '../expected.ts'
import { kernel, named, oneAxis } from './parts.ts'
import { constraint, initializer, regularizer } from './weights.ts'

const number = z.number(expected('a number'))

export const coreLayers = [
  z.strictObject({ type: z.literal('dense'), units: positiveInt, ...kernel, ...named }).describe('fully connected'),
  z.strictObject({ type: z.literal('flatten'), ...named }).describe('all numbers of a row in one list'),
  z
    .strictObject({ type: z.literal('reshape'), targetShape: z.array(z.int()).min(1), ...named })
    .describe('the same numbers in another shape, of which one size may be -1; images need [height, width, channels]'),
  z
    .strictObject({ type: z.literal('permute'), dims: z.array(positiveInt).min(1), ...named })
    .describe('dimensions in another order, counted from 1'),
  z
    .strictObject({ type: z.literal('repeatVector'), n: positiveInt, ...named })
    .describe('the row n times: [n, features]'),
  z.strictObject({ type: z.literal('activation'), activation, ...named }),
  z
    .strictObject({
      type: z.literal('relu'),
      maxValue: nonNegative.optional(),
      negativeSlope: nonNegative.default(0),
      threshold: number.default(0),
      ...named,
    })
    .describe('relu with a greatest value, a slope below the threshold, and a threshold'),
  z
    .strictObject({
      type: z.literal('leakyReLU'),
      negativeSlope: nonNegative.default(0.3),
      alpha: nonNegative.optional().describe('the old name of negativeSlope'),
      ...named,
    })
    .describe('relu with the slope negativeSlope below 0'),
  z
    .strictObject({
      type: z.literal('prelu'),
      alphaInitializer: initializer.default('zeros'),
      alphaRegularizer: regularizer.optional(),
      alphaConstraint: constraint.optional(),
      sharedAxes: z.array(positiveInt).optional().describe('dimensions, counted from 1, along which a slope is shared'),
      ...named,
    })
    .describe('relu with slopes below 0 that are learned'),
  z.strictObject({ type: z.literal('elu'), alpha: nonNegative.default(1), ...named }),
  z.strictObject({ type: z.literal('softmax'), axis: oneAxis, ...named }),
  z.strictObject({
    type: z.literal('activityRegularization'),
    l1: nonNegative.default(0),
    l2: nonNegative.default(0),
    ...named,
  }),
  z
    .strictObject({
      type: z.literal('embedding'),
      inputDim: positiveInt,
      outputDim: positiveInt,
      embeddingsInitializer: initializer.default('randomUniform'),
      embeddingsRegularizer: regularizer.optional(),
      embeddingsConstraint: constraint.optional(),
      ...named,
    })
    .describe('a list of outputDim numbers for each whole number below inputDim'),
] as const
