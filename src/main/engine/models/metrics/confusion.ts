/** Metrics made of how many are told right and wrong at thresholds (Keras's confusion metrics). */
import type { MetricOf } from '../../../../contract/experiment/metrics.ts'
import type { Tensor, Tf } from '../tf.ts'
import { areaUnder, type Confusion } from './area-under.ts'
import { joined, labelsLike, ratio, weightOf, type Measure, type MeasuredBatch } from './measure.ts'

type ConfusionMetric = MetricOf<
  | 'precision'
  | 'recall'
  | 'truePositives'
  | 'falsePositives'
  | 'trueNegatives'
  | 'falseNegatives'
  | 'auc'
  | 'sensitivityAtSpecificity'
  | 'specificityAtSensitivity'
  | 'precisionAtRecall'
  | 'recallAtPrecision'
>

/** What Keras gives predictions that are not among the k greatest, and takes for a threshold then. */
const NOT_AMONG_K = -1e10

export function confusionMetric(tf: Tf, metric: ConfusionMetric, columns: number): Measure {
  const thresholds = thresholdsOf(metric)
  if (metric.type === 'auc' && metric.multiLabel)
    return overColumns(tf, thresholds, columns, (of) => areaUnder(of, metric))
  return {
    width: 2 * thresholds.length + 2,
    measure: (batch) => countAt(tf, thresholds, flat(tf, metric, batch)),
    values: (sums) => told(metric, readCounts(sums, 0, thresholds.length)),
  }
}

function told(metric: ConfusionMetric, of: Confusion): number[] {
  const { tp, fp, tn, fn } = of
  switch (metric.type) {
    case 'precision':
      return tp.map((right, at) => ratio(right, right + (fp[at] ?? 0)))
    case 'recall':
      return tp.map((right, at) => ratio(right, right + (fn[at] ?? 0)))
    case 'truePositives':
      return [...tp]
    case 'falsePositives':
      return [...fp]
    case 'trueNegatives':
      return [...tn]
    case 'falseNegatives':
      return [...fn]
    case 'auc':
      return [areaUnder(of, metric)]
    case 'sensitivityAtSpecificity':
      return [greatestWhere(share(tn, fp), metric.specificity, share(tp, fn))]
    case 'specificityAtSensitivity':
      return [greatestWhere(share(tp, fn), metric.sensitivity, share(tn, fp))]
    case 'precisionAtRecall':
      return [greatestWhere(share(tp, fn), metric.recall, share(tp, fp))]
    case 'recallAtPrecision':
      return [greatestWhere(share(tp, fp), metric.precision, share(tp, fn))]
  }
}

/** Keras adds an epsilon to what is divided by here. */
function share(part: readonly number[], other: readonly number[]): number[] {
  return part.map((own, at) => own / (own + (other[at] ?? 0) + 1e-7))
}

/** 0 when no threshold holds the bound. */
function greatestWhere(bounded: readonly number[], bound: number, wanted: readonly number[]): number {
  const feasible = wanted.filter((_, at) => (bounded[at] ?? NaN) >= bound)
  return feasible.length === 0 ? 0 : Math.max(...feasible)
}

function thresholdsOf(metric: ConfusionMetric): number[] {
  if ('numThresholds' in metric) {
    const { numThresholds: count } = metric
    const inner = Array.from({ length: count - 2 }, (_, index) => (index + 1) / (count - 1))
    // AUC's outer ones lie beyond every probability.
    return metric.type === 'auc' ? [-1e-7, ...inner, 1 + 1e-7] : [0, ...inner, 1]
  }
  if (metric.thresholds !== null) return [metric.thresholds].flat()
  return 'topK' in metric && metric.topK !== null ? [NOT_AMONG_K] : [0.5]
}

/** Labels, predictions and weights, element by element. */
interface Elements {
  readonly y: Tensor
  readonly p: Tensor
  readonly w: Tensor
}

function flat(tf: Tf, metric: ConfusionMetric, batch: MeasuredBatch): Elements {
  let p = batch.predictions()
  let y = labelsLike(tf, batch.yTrue, p)
  if ('topK' in metric && metric.topK !== null) p = amongK(tf, p, metric.topK)
  if ('classId' in metric && metric.classId !== null) {
    const column = (of: Tensor): Tensor => tf.slice(of, [0, metric.classId ?? 0], [-1, 1])
    p = column(p)
    y = column(y)
  }
  const rows = p.shape[0] ?? 1
  const w = batch.weights ? tf.add(tf.zeros([rows, p.size / rows]), tf.reshape(batch.weights, [-1, 1])) : tf.onesLike(p)
  return { y: tf.reshape(y, [-1]), p: tf.reshape(p, [-1]), w: tf.reshape(w, [-1]) }
}

function amongK(tf: Tf, p: Tensor, k: number): Tensor {
  const kth = tf.topk(p, Math.min(k, p.shape.at(-1) ?? k)).values
  const least = tf.min(kth, -1, true)
  return tf.where(tf.greaterEqual(p, least), p, tf.fill(p.shape, NOT_AMONG_K))
}

/** tp at each threshold, fp at each, all positives, all negatives. */
function countAt(tf: Tf, thresholds: readonly number[], { y, p, w }: Elements): Tensor {
  const above = tf.cast(
    tf.greater(tf.expandDims(p, 0), tf.tensor2d([...thresholds], [thresholds.length, 1])),
    'float32',
  )
  const positive = tf.mul(y, w)
  const negative = tf.mul(tf.sub(1, y), w)
  const count = (of: Tensor): Tensor => tf.matMul(above as never, tf.reshape(of, [-1, 1]))
  return joined(tf, [count(positive), count(negative), tf.sum(positive), tf.sum(negative)])
}

function readCounts(sums: ArrayLike<number>, from: number, thresholds: number): Confusion {
  const take = (start: number): number[] => Array.from({ length: thresholds }, (_, at) => sums[start + at] ?? NaN)
  const tp = take(from)
  const fp = take(from + thresholds)
  const positives = sums[from + 2 * thresholds] ?? NaN
  const negatives = sums[from + 2 * thresholds + 1] ?? NaN
  // What float32 sums leave below zero is none.
  const rest = (all: number, counted: readonly number[]): number[] => counted.map((count) => Math.max(0, all - count))
  return { tp, fp, tn: rest(negatives, fp), fn: rest(positives, tp) }
}

/** Each column by itself, then the mean. */
function overColumns(
  tf: Tf,
  thresholds: readonly number[],
  columns: number,
  judge: (of: Confusion) => number,
): Measure {
  const width = 2 * thresholds.length + 2
  return {
    width: columns * width,
    measure(batch) {
      const p = batch.predictions()
      const y = labelsLike(tf, batch.yTrue, p)
      const w = tf.mul(tf.ones([p.shape[0] ?? 1]), weightOf(tf, batch))
      const of = (rows: Tensor, column: number): Tensor => tf.reshape(tf.slice(rows, [0, column], [-1, 1]), [-1])
      const counts = Array.from({ length: columns }, (_, at) =>
        countAt(tf, thresholds, { y: of(y, at), p: of(p, at), w }),
      )
      return joined(tf, counts)
    },
    values(sums) {
      const judged = Array.from({ length: columns }, (_, at) => judge(readCounts(sums, at * width, thresholds.length)))
      return [judged.reduce((sum, value) => sum + value, 0) / columns]
    },
  }
}
