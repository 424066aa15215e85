/** Keras 3's metrics, by its names in camelCase, with its settings and defaults. */
import { z } from 'zod'
import { expected, flag, fraction, naturalInt, oneOf, positive, positiveInt, text } from './expected.ts'

const threshold = z.number(expected('a number')).default(0.5)
const numThresholds = z.int().min(2).default(200)
const thresholds = z
  .union([z.number(), z.array(z.number()).min(1)], expected('a number, or a list of numbers'))
  .nullable()
  .default(null)
  .describe('above which a prediction counts as positive; null: 0.5')
const ofClass = {
  topK: positiveInt.nullable().default(null).describe('the k greatest of a row are the positive ones'),
  classId: naturalInt.nullable().default(null).describe('of this class alone'),
}
const average = oneOf(['micro', 'macro', 'weighted']).nullable().default(null).describe('null: one for each class')
const fromLogits = flag.default(false)
const settings = <const T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), name: text.optional().describe('in tags; default: the type'), ...shape })
const PLAIN = {}

const metricObject = z.discriminatedUnion(
  'type',
  [
    settings('accuracy', PLAIN).describe('binary, categorical or sparse accuracy, by the loss'),
    settings('exactAccuracy', PLAIN).describe("Keras's class Accuracy: how often predictions equal labels"),
    settings('binaryAccuracy', { threshold }),
    settings('categoricalAccuracy', PLAIN),
    settings('sparseCategoricalAccuracy', PLAIN),
    settings('topKCategoricalAccuracy', { k: positiveInt.default(5) }),
    settings('sparseTopKCategoricalAccuracy', { k: positiveInt.default(5) }),
    settings('precision', { thresholds, ...ofClass }),
    settings('recall', { thresholds, ...ofClass }),
    settings('truePositives', { thresholds }),
    settings('falsePositives', { thresholds }),
    settings('trueNegatives', { thresholds }),
    settings('falseNegatives', { thresholds }),
    settings('auc', {
      numThresholds,
      curve: oneOf(['ROC', 'PR']).default('ROC'),
      summationMethod: oneOf(['interpolation', 'minoring', 'majoring']).default('interpolation'),
      multiLabel: flag.default(false).describe('the mean over the columns, each judged by itself'),
      numLabels: positiveInt.nullable().default(null).describe('as in Keras; told by the model here'),
    }),
    settings('sensitivityAtSpecificity', { specificity: fraction, numThresholds }),
    settings('specificityAtSensitivity', { sensitivity: fraction, numThresholds }),
    settings('precisionAtRecall', { recall: fraction, numThresholds }),
    settings('recallAtPrecision', { precision: fraction, numThresholds }),
    settings('f1Score', { average, threshold: z.number().nullable().default(null) }),
    settings('fBetaScore', { average, beta: positive.default(1), threshold: z.number().nullable().default(null) }),
    settings('meanSquaredError', PLAIN),
    settings('rootMeanSquaredError', PLAIN),
    settings('meanAbsoluteError', PLAIN),
    settings('meanAbsolutePercentageError', PLAIN),
    settings('meanSquaredLogarithmicError', PLAIN),
    settings('logCoshError', PLAIN),
    settings('cosineSimilarity', PLAIN),
    settings('r2Score', {
      classAggregation: oneOf(['uniform_average', 'variance_weighted_average'])
        .nullable()
        .default('uniform_average')
        .describe('null: one for each column'),
      numRegressors: naturalInt.default(0),
    }),
    settings('meanIoU', { numClasses: z.int().min(2) }),
    settings('binaryCrossentropy', { fromLogits, labelSmoothing: fraction.default(0) }),
    settings('categoricalCrossentropy', { fromLogits, labelSmoothing: fraction.default(0) }),
    settings('sparseCategoricalCrossentropy', { fromLogits }),
    settings('klDivergence', PLAIN),
    settings('poisson', PLAIN),
    settings('hinge', PLAIN),
    settings('squaredHinge', PLAIN),
    settings('categoricalHinge', PLAIN),
  ],
  expected('a metric with its type'),
)
export type Metric = z.infer<typeof metricObject>
export type MetricType = Metric['type']
export type MetricOf<T extends MetricType> = Extract<Metric, { type: T }>

/** Those that have a setting without a default are not to be had by their name alone. */
type NamedMetric = Exclude<
  MetricType,
  'sensitivityAtSpecificity' | 'specificityAtSensitivity' | 'precisionAtRecall' | 'recallAtPrecision' | 'meanIoU'
>

export const METRICS = metricObject.options.map((option) => option.shape.type.value)

const NAMES = metricObject.options.flatMap((option) => {
  const type = option.shape.type.value
  return option.safeParse({ type }).success ? [type as NamedMetric] : []
}) as [NamedMetric, ...NamedMetric[]]

/** All defaults of a metric. */
export function metricDefaults(type: NamedMetric): Metric {
  return metricObject.parse({ type })
}

/** `auc` is short for `{type: auc}`. */
export const metric = z.union(
  [oneOf(NAMES).transform(metricDefaults), metricObject],
  expected('the name of a metric, or one with its settings'),
)

/** As in tags; of several thresholds or columns it is followed by their number. */
export function metricName({ name, type }: Metric, weighted = false): string {
  return `${weighted ? 'weighted_' : ''}${name ?? type}`
}
