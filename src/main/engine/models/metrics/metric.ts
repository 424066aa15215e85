/**
 * Metrics as Keras accumulates them. What a batch adds is worked out in tensor ops, so that it can be compiled into the
 * step; sums over batches, and what is made of them, are plain numbers.
 */
import type { Loss } from '../../../../contract/experiment/losses.ts'
import { metricName, type Metric } from '../../../../contract/experiment/metrics.ts'
import type { Tensor, Tf } from '../tf.ts'
import { confusionMetric } from './confusion.ts'
import { fScore, meanIoU, r2Score } from './column-scores.ts'
import { argMaxHits, binaryHits, costsOf, equalHits, meanOf, topKHits, valuesPerRow } from './means.ts'
import type { Measure, MeasuredBatch, MetricWidths } from './measure.ts'

export type { MeasuredBatch, MetricWidths } from './measure.ts'

export interface MetricAccumulator {
  /** As in tags, one for each number that it tells; after that of the output where there are several. */
  readonly names: readonly string[]
  /** Numbers that a batch adds. */
  readonly width: number
  /** What a batch adds: a float32 scalar when `width` is 1, else [width]. To be called within a tidy scope. */
  measure(batch: MeasuredBatch): Tensor
  /** Takes in what `measure` gave for a batch of `rows` rows, from `sums[from]` on. @returns the values of this batch alone */
  update(sums: ArrayLike<number>, from: number, rows: number): readonly number[]
  /** Over everything since the last reset, by name; NaN before the first row. */
  results(): readonly number[]
  reset(): void
  /** What it has added up, to be given to `setState` of another such. */
  state(): readonly number[]
  setState(state: readonly number[]): void
}

export interface MetricContext {
  readonly loss: Loss
  readonly widths: MetricWidths
  /** Judged with the weights of the rows. */
  readonly weighted?: boolean
}

export function createMetric(tf: Tf, metric: Metric, context: MetricContext): MetricAccumulator {
  const measure = measureOf(tf, metric, context)
  const name = metricName(metric, context.weighted)
  const count = measure.values(new Float64Array(measure.width), 0).length
  const names = count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}_${index}`)
  const { weighted = false } = context
  return accumulate(names, {
    ...measure,
    measure: (batch) => measure.measure(weighted ? batch : { ...batch, weights: null }),
  })
}

/**
 * The loss of one of several outputs. Over an epoch of training Keras takes the plain mean over batches, a short last one
 * counting fully; of an evaluation, whose batches are as large as it likes, it is the mean over rows.
 */
export function createOutputLoss(tf: Tf, name: string, over: 'batches' | 'rows'): MetricAccumulator {
  let sum = 0
  let total = 0
  return {
    names: [name],
    width: 1,
    measure: ({ loss }) => tf.clone(loss),
    update(sums, from, rows) {
      const loss = sums[from] ?? NaN
      const weight = over === 'rows' ? rows : 1
      sum += loss * weight
      total += weight
      return [loss]
    },
    results: () => [sum / total],
    reset() {
      sum = 0
      total = 0
    },
    state: () => [sum, total],
    setState([ofSum = 0, ofTotal = 0]) {
      sum = ofSum
      total = ofTotal
    },
  }
}

function accumulate(names: readonly string[], measure: Measure): MetricAccumulator {
  const { width } = measure
  const totals = new Float64Array(width)
  let seen = 0
  return {
    names,
    width,
    measure: (batch) => measure.measure(batch),
    update(sums, from, rows) {
      for (let at = 0; at < width; at++) totals[at] = (totals[at] ?? 0) + (sums[from + at] ?? NaN)
      seen += rows
      if (width === 1) return measure.values([sums[from] ?? NaN], rows)
      return measure.values(
        Array.from({ length: width }, (_, at) => sums[from + at] ?? NaN),
        rows,
      )
    },
    results: () => measure.values(totals, seen),
    reset() {
      totals.fill(0)
      seen = 0
    },
    state: () => [seen, ...totals],
    setState([rows = 0, ...sums]) {
      seen = rows
      totals.set(sums.slice(0, width))
    },
  }
}

function measureOf(tf: Tf, metric: Metric, { loss, widths, weighted = false }: MetricContext): Measure {
  const mean = (of: (batch: MeasuredBatch) => Tensor, perRow = valuesPerRow(metric, widths.output)): Measure =>
    meanOf(tf, of, { weighted, perRow, ...(metric.type === 'rootMeanSquaredError' && { finish: Math.sqrt }) })
  switch (metric.type) {
    case 'accuracy':
      return accuracy(tf, loss, widths, mean)
    case 'exactAccuracy':
      return mean(equalHits(tf))
    case 'binaryAccuracy':
      return mean(binaryHits(tf, metric.threshold))
    case 'categoricalAccuracy':
      return mean(argMaxHits(tf, false))
    case 'sparseCategoricalAccuracy':
      return mean(argMaxHits(tf, true))
    case 'topKCategoricalAccuracy':
      return mean(topKHits(tf, metric.k, false))
    case 'sparseTopKCategoricalAccuracy':
      return mean(topKHits(tf, metric.k, true))
    case 'precision':
    case 'recall':
    case 'truePositives':
    case 'falsePositives':
    case 'trueNegatives':
    case 'falseNegatives':
    case 'auc':
    case 'sensitivityAtSpecificity':
    case 'specificityAtSensitivity':
    case 'precisionAtRecall':
    case 'recallAtPrecision':
      return confusionMetric(tf, metric, widths.output)
    case 'f1Score':
      return fScore(tf, { ...metric, beta: 1 }, widths.output)
    case 'fBetaScore':
      return fScore(tf, metric, widths.output)
    case 'r2Score':
      return r2Score(tf, metric, widths.output)
    case 'meanIoU':
      return meanIoU(tf, metric)
    default: {
      const costs = costsOf(tf, metric)
      if (costs === null) throw new TypeError(`no metric is called ${metric.type}`)
      return mean(costs)
    }
  }
}

/** Keras's `accuracy` goes by the loss. */
function accuracy(
  tf: Tf,
  loss: Loss,
  widths: MetricWidths,
  mean: (of: (batch: MeasuredBatch) => Tensor, perRow: number) => Measure,
): Measure {
  if (loss.type === 'sparseCategoricalCrossentropy') return mean(argMaxHits(tf, true), 1)
  const isBinary = loss.type === 'binaryCrossentropy' || loss.type === 'binaryFocalCrossentropy'
  if (loss.type === 'categoricalCrossentropy' || (!isBinary && widths.output > 1)) return mean(argMaxHits(tf, false), 1)
  return mean(binaryHits(tf, 0.5), widths.output)
}
