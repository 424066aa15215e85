/** Metrics that are means over rows, or over the numbers of rows. */
import { lossDefaults, type Loss } from '../../../../contract/experiment/losses.ts'
import type { Metric } from '../../../../contract/experiment/metrics.ts'
import { createCosts, perRow } from '../losses.ts'
import type { Tensor, Tf } from '../tf.ts'
import { joined, type Measure, type MeasuredBatch } from './measure.ts'

/** @returns [rows], or [rows, …] of which the mean of each row is meant */
type RowValues = (batch: MeasuredBatch) => Tensor

export interface MeanOptions {
  /** Judged with the weights of the rows. */
  readonly weighted: boolean
  /** Numbers that a row has of what is averaged. */
  readonly perRow: number
  /** Applied to the mean: RMSE is the root of one. */
  readonly finish?: (mean: number) => number
}

export function meanOf(
  tf: Tf,
  of: RowValues,
  { weighted, perRow: elements, finish = (mean) => mean }: MeanOptions,
): Measure {
  if (!weighted) {
    return {
      width: 1,
      measure: (batch) => tf.sum(of(batch)),
      values: (sums, rows) => [finish((sums[0] ?? NaN) / (rows * elements))],
    }
  }
  return {
    width: 2,
    measure(batch) {
      const values = perRow(tf, of(batch))
      const weights = batch.weights ?? tf.onesLike(values)
      return joined(tf, [tf.sum(tf.mul(values, weights)), tf.sum(weights)])
    },
    values: (sums) => [finish((sums[0] ?? NaN) / (sums[1] ?? NaN))],
  }
}

/** Of these each number of a row has a value of its own; others have one for a row. */
const PER_ELEMENT: ReadonlySet<Metric['type']> = new Set([
  'exactAccuracy',
  'binaryAccuracy',
  'meanSquaredError',
  'rootMeanSquaredError',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredLogarithmicError',
  'logCoshError',
  'binaryCrossentropy',
  'poisson',
  'hinge',
  'squaredHinge',
] as const)

export function valuesPerRow({ type }: Metric, outputs: number): number {
  return PER_ELEMENT.has(type) ? outputs : 1
}

/** Metrics that are the mean of a loss, or of the like. */
export function costsOf(tf: Tf, metric: Metric): RowValues | null {
  const loss = lossOf(metric)
  if (loss === null) return null
  const costs = createCosts(tf, loss, false)
  const of: RowValues = ({ yTrue, predictions }) => costs(yTrue, predictions())
  return metric.type === 'cosineSimilarity' ? (batch) => tf.neg(of(batch)) : of
}

function lossOf(metric: Metric): Loss | null {
  switch (metric.type) {
    case 'rootMeanSquaredError':
      return lossDefaults('meanSquaredError')
    case 'logCoshError':
      return lossDefaults('logCosh')
    case 'binaryCrossentropy':
    case 'categoricalCrossentropy':
      return {
        ...lossDefaults(metric.type),
        fromLogits: metric.fromLogits,
        labelSmoothing: metric.labelSmoothing,
      } as Loss
    case 'sparseCategoricalCrossentropy':
      return { ...lossDefaults(metric.type), fromLogits: metric.fromLogits }
    case 'meanSquaredError':
    case 'meanAbsoluteError':
    case 'meanAbsolutePercentageError':
    case 'meanSquaredLogarithmicError':
    case 'cosineSimilarity':
    case 'klDivergence':
    case 'poisson':
    case 'hinge':
    case 'squaredHinge':
    case 'categoricalHinge':
      return lossDefaults(metric.type)
    default:
      return null
  }
}

/** 1 where a prediction above the threshold meets a label of 1, or one below it a label of 0. */
export function binaryHits(tf: Tf, threshold: number): RowValues {
  return ({ yTrue, predictions }) => {
    const p = predictions()
    return tf.cast(tf.equal(tf.cast(tf.greater(p, threshold), 'float32'), tf.reshape(yTrue, p.shape)), 'float32')
  }
}

export function equalHits(tf: Tf): RowValues {
  return ({ yTrue, predictions }) => {
    const p = predictions()
    return tf.cast(tf.equal(p, tf.reshape(yTrue, p.shape)), 'float32')
  }
}

/** The greatest logit is the greatest probability; of equals the first counts. @param sparse labels are class numbers */
export function argMaxHits(tf: Tf, sparse: boolean): RowValues {
  return ({ yTrue, output }) => tf.cast(tf.equal(tf.argMax(output, -1), classesOf(tf, yTrue, sparse)), 'float32')
}

/** Whether the true class is among the k likeliest: fewer than k are likelier. */
export function topKHits(tf: Tf, k: number, sparse: boolean): RowValues {
  return ({ yTrue, output }) => {
    const classes = output.shape.at(-1) ?? 1
    const oneHot = tf.cast(tf.oneHot(classesOf(tf, yTrue, sparse) as never, classes), 'float32') as Tensor
    const own = tf.sum(tf.mul(oneHot, output), -1, true)
    const likelier = tf.sum(tf.cast(tf.greater(output, own), 'float32'), -1)
    return tf.cast(tf.less(likelier, k), 'float32')
  }
}

function classesOf(tf: Tf, yTrue: Tensor, sparse: boolean): Tensor {
  return (sparse ? tf.cast(tf.reshape(yTrue, [-1]), 'int32') : tf.argMax(yTrue, -1)) as Tensor
}
