/** How a model is trained: loss, optimizer, metrics, and for how long. Defaults are Keras 3's. */
import { z } from 'zod'
import { callbacks } from './callbacks.ts'
import { expected, flag, naturalInt, nonNegative, oneOf, positiveInt, text } from './expected.ts'
import { loss, LOSSES, type Loss } from './losses.ts'
import { metric } from './metrics.ts'
import { optimizer, optimizerDefaults } from './optimizer.ts'

const PER_OUTPUT = 'or, of several outputs, a list or a mapping by output'
const lossOfOutputs = z.union(
  [loss, z.array(loss).min(1), z.record(text, loss)],
  expected(`one of ${LOSSES.join(', ')}; ${PER_OUTPUT}`),
)
const metricsOfOutputs = z.union(
  [z.array(metric), z.record(text, z.array(metric))],
  expected('a list of metrics, for every output, or a mapping of lists by output'),
)

export const fit = z.strictObject({
  loss: lossOfOutputs,
  lossWeights: z
    .union([z.array(nonNegative).min(1), z.record(text, nonNegative)], expected('numbers, in a list or by output'))
    .optional()
    .describe('how much the loss of each output counts in the whole; 1 where none is given'),
  optimizer: optimizer.default(optimizerDefaults('rmsprop')),
  metrics: metricsOfOutputs.default([]),
  weightedMetrics: metricsOfOutputs
    .default([])
    .describe('judged with the weights of the rows, where rows have weights'),
  epochs: naturalInt
    .default(1)
    .describe('passes over the training rows; 0: the model is evaluated as it begins, and saved'),
  batchSize: positiveInt.default(32).describe('rows in a training step'),
  seed: naturalInt.default(0).describe('draws first weights, dropout and the order of rows'),
  shuffle: flag.default(true).describe('another order of rows in each epoch'),
  precision: oneOf(['float32', 'mixedBfloat16'])
    .default('float32')
    .describe(
      'mixedBfloat16: compiled steps multiply in bfloat16 where the processor or GPU gains by it; weights stay float32',
    ),
  runEagerly: flag
    .default(false)
    .describe('op by op even where steps can be compiled: for a call of a model whose branches JavaScript decides'),
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
export type FitSpec = z.infer<typeof fit>

/** Losses of all outputs that the file names. */
export function lossesOf({ loss: given }: Pick<FitSpec, 'loss'>): readonly Loss[] {
  return isLoss(given) ? [given] : Object.values(given)
}

/** One for all outputs, and not a mapping or a list of them. */
export function isLoss(given: FitSpec['loss']): given is Loss {
  return !Array.isArray(given) && typeof (given as Partial<Loss>).type === 'string'
}
