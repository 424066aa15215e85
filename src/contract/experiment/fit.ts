/** How a model is trained: loss, optimizer, metrics, and for how long. Defaults are Keras 3's. */
import { z } from 'zod'
import { expected, flag, naturalInt, nonNegative, oneOf, positive, positiveInt, rate } from './expected.ts'

export const LOSSES = [
  'meanSquaredError',
  'meanAbsoluteError',
  'huber',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
] as const
export const loss = oneOf(LOSSES)
export type Loss = z.infer<typeof loss>

/** `accuracy` means binary, categorical or sparse accuracy, by the loss, as in Keras. */
export const METRICS = ['accuracy', 'meanSquaredError', 'meanAbsoluteError', 'rootMeanSquaredError'] as const
export const metric = oneOf(METRICS)
export type Metric = z.infer<typeof metric>

const epsilon = positive.default(1e-7)
const learningRate = positive.default(0.001)

const optimizerObject = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('sgd'),
      learningRate: positive.default(0.01),
      momentum: rate.default(0),
      nesterov: flag.default(false),
    }),
    z.strictObject({
      type: z.literal('rmsprop'),
      learningRate,
      rho: rate.default(0.9),
      momentum: rate.default(0),
      epsilon,
      centered: flag.default(false),
    }),
    z.strictObject({ type: z.literal('adagrad'), learningRate, initialAccumulatorValue: nonNegative.default(0.1) }),
    z.strictObject({ type: z.literal('adadelta'), learningRate, rho: rate.default(0.95), epsilon }),
    z.strictObject({
      type: z.literal('adam'),
      learningRate,
      beta1: rate.default(0.9),
      beta2: rate.default(0.999),
      epsilon,
    }),
    z.strictObject({
      type: z.literal('adamax'),
      learningRate,
      beta1: rate.default(0.9),
      beta2: rate.default(0.999),
      epsilon,
    }),
  ],
  expected('an optimizer with a type of sgd, rmsprop, adagrad, adadelta, adam or adamax'),
)
export type OptimizerSpec = z.infer<typeof optimizerObject>

/** `adam` is short for `{type: adam}`. */
export const optimizer = z.union(
  [
    z
      .enum(['sgd', 'rmsprop', 'adagrad', 'adadelta', 'adam', 'adamax'])
      .transform((type): OptimizerSpec => optimizerObject.parse({ type })),
    optimizerObject,
  ],
  expected('the name of an optimizer, or one with its settings'),
)

export const fit = z.strictObject({
  loss,
  optimizer: optimizer.default(optimizerObject.parse({ type: 'rmsprop' })),
  metrics: z.array(metric).default([]),
  epochs: positiveInt.default(1).describe('passes over the training rows'),
  batchSize: positiveInt.default(32).describe('rows in a training step'),
  seed: naturalInt.default(0).describe('draws first weights, dropout and the order of rows'),
  shuffle: flag.default(true).describe('another order of rows in each epoch'),
})
