/** Keras 3's losses, by its names in camelCase, with its settings and defaults; `perceptron` is the rule of the first one. */
import { z } from 'zod'
import { expected, flag, fraction, nonNegative, oneOf, positive } from './expected.ts'

const fromLogits = flag.default(false).describe('the model ends without softmax or sigmoid')
const labelSmoothing = fraction.default(0)
const settings = <const T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape })
const PLAIN = {}

const lossObject = z.discriminatedUnion(
  'type',
  [
    settings('meanSquaredError', PLAIN),
    settings('meanAbsoluteError', PLAIN),
    settings('meanAbsolutePercentageError', PLAIN),
    settings('meanSquaredLogarithmicError', PLAIN),
    settings('logCosh', PLAIN),
    settings('huber', { delta: positive.default(1) }),
    settings('cosineSimilarity', PLAIN),
    settings('poisson', PLAIN),
    settings('klDivergence', PLAIN),
    settings('binaryCrossentropy', { fromLogits, labelSmoothing }),
    settings('categoricalCrossentropy', { fromLogits, labelSmoothing }),
    settings('sparseCategoricalCrossentropy', {
      fromLogits,
      ignoreClass: z.int(expected('the number of a class')).nullable().default(null),
    }),
    settings('binaryFocalCrossentropy', {
      applyClassBalancing: flag.default(false),
      alpha: fraction.default(0.25),
      gamma: nonNegative.default(2),
      fromLogits,
      labelSmoothing,
    }),
    settings('categoricalFocalCrossentropy', {
      alpha: fraction.default(0.25),
      gamma: nonNegative.default(2),
      fromLogits,
      labelSmoothing,
    }),
    settings('hinge', PLAIN),
    settings('squaredHinge', PLAIN),
    settings('categoricalHinge', PLAIN),
    settings('perceptron', PLAIN).describe(
      'the perceptron rule, for a unit that ends in heaviside: with sgd, learningRate 1 and batchSize 1',
    ),
  ],
  expected('a loss with its type'),
)
export type Loss = z.infer<typeof lossObject>
export type LossType = Loss['type']

export const LOSSES = lossObject.options.map((option) => option.shape.type.value) as [LossType, ...LossType[]]

/** All defaults of a loss. */
export function lossDefaults<T extends LossType>(type: T): Extract<Loss, { type: T }> {
  return lossObject.parse({ type }) as Extract<Loss, { type: T }>
}

/** `huber` is short for `{type: huber}`. */
export const loss = z.union(
  [oneOf(LOSSES).transform((type): Loss => lossDefaults(type)), lossObject],
  expected(`one of ${LOSSES.join(', ')}, or one with its settings`),
)
