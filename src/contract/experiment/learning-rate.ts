/** A learning rate: a number, or one of Keras's schedules of it over the batches seen so far. */
import { z } from 'zod'
import { expected, flag, fraction, nonNegative, positive } from './expected.ts'

const initialLearningRate = nonNegative
const decay = { initialLearningRate, decaySteps: positive, decayRate: positive, staircase: flag.default(false) }

const INCREASING = expected('at least one number of batches, each greater than the one before')
const boundaries = z
  .array(nonNegative)
  .refine((list) => list.length > 0 && list.every((value, at) => value > (list[at - 1] ?? -1)), INCREASING)

const piecewiseConstantDecay = z
  .strictObject({
    type: z.literal('piecewiseConstantDecay'),
    boundaries,
    values: z.array(nonNegative),
  })
  .superRefine(({ boundaries: at, values }, context) => {
    if (values.length === at.length + 1) return
    const message = `expected ${at.length + 1} rates, one more than there are boundaries`
    context.addIssue({ code: 'custom', path: ['values'], message })
  })
  .describe('values[0] up to and with boundaries[0], then values[1], and so on')

/** Rates by the number of batches trained on, 0 for the first; Keras's names and defaults. */
export const schedule = z
  .discriminatedUnion(
    'type',
    [
      z
        .strictObject({ type: z.literal('exponentialDecay'), ...decay })
        .describe('initial × decayRate ^ (batch / decaySteps)'),
      z
        .strictObject({ type: z.literal('inverseTimeDecay'), ...decay })
        .describe('initial / (1 + decayRate × batch / decaySteps)'),
      piecewiseConstantDecay,
      z
        .strictObject({
          type: z.literal('polynomialDecay'),
          initialLearningRate,
          decaySteps: positive,
          endLearningRate: nonNegative.default(0.0001),
          power: positive.default(1),
          cycle: flag.default(false),
        })
        .describe('from initial to end along (1 - batch / decaySteps) ^ power'),
      z
        .strictObject({
          type: z.literal('cosineDecay'),
          initialLearningRate,
          decaySteps: positive,
          alpha: fraction.default(0),
          warmupTarget: nonNegative.nullable().default(null),
          warmupSteps: nonNegative.default(0),
        })
        .describe('straight to warmupTarget if given, then half a cosine down to alpha times that'),
      z
        .strictObject({
          type: z.literal('cosineDecayRestarts'),
          initialLearningRate,
          firstDecaySteps: positive,
          tMul: positive.default(2),
          mMul: positive.default(1),
          alpha: fraction.default(0),
        })
        .describe('half cosines, each tMul times longer and mMul times lower than the last'),
    ],
    expected('a schedule'),
  )
  // Once in the JSON Schema, not once for each optimizer.
  .meta({ id: 'learningRateSchedule' })
export type Schedule = z.infer<typeof schedule>

export const learningRate = z.union([positive, schedule], expected('a positive number, or a schedule with its type'))
export type LearningRate = z.infer<typeof learningRate>
