/** How a model is trained: loss, optimizer, metrics, and for how long. Defaults are Keras 3's. */
import { z } from 'zod'
import { callbacks } from './callbacks.ts'
import { flag, naturalInt, nonNegative, oneOf, positiveInt, text } from './expected.ts'
import { optimizer, optimizerDefaults } from './optimizer.ts'

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

export const fit = z.strictObject({
  loss,
  optimizer: optimizer.default(optimizerDefaults('rmsprop')),
  metrics: z.array(metric).default([]),
  epochs: positiveInt.default(1).describe('passes over the training rows'),
  batchSize: positiveInt.default(32).describe('rows in a training step'),
  seed: naturalInt.default(0).describe('draws first weights, dropout and the order of rows'),
  shuffle: flag.default(true).describe('another order of rows in each epoch'),
  precision: oneOf(['float32', 'mixedBfloat16'])
    .default('float32')
    .describe(
      'mixedBfloat16: compiled steps multiply in bfloat16 where the processor or GPU gains by it; weights stay float32',
    ),
  classWeight: z
    .record(text, nonNegative)
    .optional()
    .describe('how much a training row of a class, by its name or number, counts in the loss; 1 where none is given'),
  callbacks: callbacks.describe('what accompanies the training, in this order'),
  initialEpoch: naturalInt.default(0).describe('the epoch to begin with, counted from 0'),
  stepsPerEpoch: positiveInt
    .nullable()
    .default(null)
    .describe('batches that make an epoch; null: those of one pass over the training rows'),
  validationFreq: positiveInt.default(1).describe('epochs from one validation to the next'),
  validationSteps: positiveInt.nullable().default(null).describe('batches that are validated on; null: all rows'),
})
