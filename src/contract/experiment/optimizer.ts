/** Keras 3's optimizers with all their settings and defaults, in camelCase. */
import { z } from 'zod'
import { expected, flag, fraction, nonNegative, positive, positiveInt, rate, text } from './expected.ts'
import { learningRate } from './learning-rate.ts'

const CLIPS = ['clipnorm', 'globalClipnorm', 'clipvalue'] as const

/** What every optimizer can be told. null: not done. */
const common = {
  learningRate: learningRate.default(0.001),
  weightDecay: nonNegative
    .nullable()
    .default(null)
    .describe('before each update weights lose this share of them, times the learning rate; biases too'),
  excludeFromWeightDecay: z
    .array(text)
    .default([])
    .describe('variables with one of these in their name, such as bias, do not decay'),
  clipnorm: positive.nullable().default(null).describe('the longest that the gradient of one variable may be'),
  globalClipnorm: positive.nullable().default(null).describe('the longest that all gradients together may be'),
  clipvalue: positive.nullable().default(null).describe('the greatest that an element of a gradient may be'),
  useEma: flag.default(false).describe('keep a moving average of the weights; it is what the model ends with'),
  emaMomentum: fraction.default(0.99),
  emaOverwriteFrequency: positiveInt
    .nullable()
    .default(null)
    .describe('updates after which the average takes the place of the weights; null: at the end only'),
  lossScaleFactor: positive.nullable().default(null).describe('guards small gradients in low precision'),
  gradientAccumulationSteps: z
    .int(expected('an integer of 2 or more'))
    .refine((value) => value >= 2, expected('an integer of 2 or more'))
    .meta({ minimum: 2 })
    .nullable()
    .default(null)
    .describe('batches whose gradients are averaged into one update'),
}

/** The settings of one optimizer; Keras refuses more than one way of clipping. */
function settings<const T extends string, S extends z.ZodRawShape>(type: T, own: S) {
  return z.strictObject({ type: z.literal(type), ...common, ...own }).superRefine((value, context) => {
    const given = CLIPS.filter((clip) => (value as Record<string, unknown>)[clip] !== null)
    const [first, second] = given
    if (second === undefined) return
    context.addIssue({
      code: 'custom',
      path: [second],
      message: `expected one of ${CLIPS.join(', ')} at most, and ${first} is there already`,
    })
  })
}

const epsilon = nonNegative.default(1e-7)
const betas = { beta1: rate.default(0.9), beta2: rate.default(0.999) }
const moments = { ...betas, epsilon }
const adam = { ...moments, amsgrad: flag.default(false) }

const optimizerObject = z.discriminatedUnion(
  'type',
  [
    settings('sgd', {
      learningRate: learningRate.default(0.01),
      momentum: fraction.default(0),
      nesterov: flag.default(false),
    }),
    settings('rmsprop', {
      rho: rate.default(0.9),
      momentum: fraction.default(0),
      epsilon,
      centered: flag.default(false),
    }),
    settings('adagrad', { initialAccumulatorValue: nonNegative.default(0.1), epsilon }),
    settings('adadelta', { rho: rate.default(0.95), epsilon }),
    settings('adam', adam),
    settings('adamw', { ...adam, weightDecay: nonNegative.default(0.004) }),
    settings('nadam', moments),
    settings('adamax', moments),
    settings('ftrl', {
      learningRatePower: z
        .number(expected('a number of 0 or less'))
        .refine((value) => value <= 0, expected('a number of 0 or less'))
        .meta({ maximum: 0 })
        .default(-0.5),
      initialAccumulatorValue: nonNegative.default(0.1),
      l1RegularizationStrength: nonNegative.default(0),
      l2RegularizationStrength: nonNegative.default(0),
      l2ShrinkageRegularizationStrength: nonNegative.default(0),
      beta: nonNegative.default(0),
    }),
    settings('lion', { ...betas, beta2: rate.default(0.99) }),
  ],
  expected('an optimizer with its type'),
)
export type OptimizerSpec = z.infer<typeof optimizerObject>
export type OptimizerType = OptimizerSpec['type']
export type OptimizerOf<T extends OptimizerType> = Extract<OptimizerSpec, { type: T }>

export const OPTIMIZERS = optimizerObject.options.map((option) => option.shape.type.value)

/** All defaults of an optimizer. */
export function optimizerDefaults(type: OptimizerType): OptimizerSpec {
  return optimizerObject.parse({ type })
}

/** `adam` is short for `{type: adam}`. */
export const optimizer = z.union(
  [z.enum(OPTIMIZERS).transform(optimizerDefaults), optimizerObject],
  expected('the name of an optimizer, or one with its settings'),
)
