/** Metrics made of sums for each column, or each pair of classes: F1 and F-beta, R², mean intersection over union. */
import type { MetricOf } from '../../../../contract/experiment/metrics.ts'
import type { Tensor, Tf } from '../tf.ts'
import { joined, labelsLike, weightOf, type Measure, type MeasuredBatch } from './measure.ts'

const EPSILON = 1e-7

/** [rows, 1], or a scalar 1. */
function rowWeight(tf: Tf, batch: MeasuredBatch): Tensor {
  return batch.weights ? tf.reshape(batch.weights, [-1, 1]) : weightOf(tf, batch)
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

export function fScore(
  tf: Tf,
  { average, threshold, beta }: Omit<MetricOf<'fBetaScore'>, 'type'>,
  columns: number,
): Measure {
  const take = (sums: ArrayLike<number>, part: number): number[] => {
    const own = Array.from({ length: columns }, (_, column) => sums[part * columns + column] ?? NaN)
    return average === 'micro' ? [sumOf(own)] : own
  }
  return {
    width: 4 * columns,
    measure(batch) {
      const p = batch.predictions()
      const y = labelsLike(tf, batch.yTrue, p)
      const w = rowWeight(tf, batch)
      // Without a threshold the greatest of a row is its prediction.
      const chosen =
        threshold === null
          ? tf.logicalAnd(tf.greaterEqual(p, tf.max(p, -1, true)), tf.greater(tf.abs(p), 1e-9))
          : tf.greater(p, threshold)
      const told = tf.cast(chosen, 'float32')
      const count = (of: Tensor): Tensor => tf.sum(tf.mul(of, w), 0)
      return joined(tf, [
        count(tf.mul(told, y)),
        count(tf.mul(told, tf.sub(1, y))),
        count(tf.mul(tf.sub(1, told), y)),
        count(y),
      ])
    },
    values(sums) {
      const [tp, fp, fn, support] = [take(sums, 0), take(sums, 1), take(sums, 2), take(sums, 3)]
      const scores = tp.map((right, at) => {
        const precision = right / (right + (fp[at] ?? NaN) + EPSILON)
        const recall = right / (right + (fn[at] ?? NaN) + EPSILON)
        return ((precision * recall) / (beta ** 2 * precision + recall + EPSILON)) * (1 + beta ** 2)
      })
      if (average === null) return scores
      if (average !== 'weighted') return [sumOf(scores) / scores.length]
      const all = sumOf(support) + EPSILON
      return [sumOf(scores.map((score, at) => (score * (support[at] ?? NaN)) / all))]
    },
  }
}

export function r2Score(tf: Tf, { classAggregation, numRegressors }: MetricOf<'r2Score'>, columns: number): Measure {
  return {
    width: 4 * columns,
    measure(batch) {
      const p = batch.predictions()
      const y = tf.reshape(batch.yTrue, p.shape)
      const w = tf.mul(tf.onesLike(y), rowWeight(tf, batch))
      const count = (of: Tensor): Tensor => tf.sum(tf.mul(of, w), 0)
      return joined(tf, [count(tf.square(y)), count(y), count(tf.squaredDifference(y, p)), tf.sum(w, 0)])
    },
    values(sums, rows) {
      const take = (part: number, column: number): number => sums[part * columns + column] ?? NaN
      const totals = Array.from({ length: columns }, (_, at) => take(0, at) - take(1, at) ** 2 / take(3, at))
      const raw = totals.map((total, at) => {
        const score = 1 - take(2, at) / total
        return Math.abs(score) === Infinity ? 0 : score
      })
      if (classAggregation === null) return raw.map((score) => adjusted(score, rows * columns, numRegressors))
      const score =
        classAggregation === 'uniform_average'
          ? sumOf(raw) / columns
          : sumOf(raw.map((one, at) => one * (totals[at] ?? NaN))) / sumOf(totals)
      return [adjusted(score, rows * columns, numRegressors)]
    },
  }
}

/** Keras counts every label as a sample here. */
function adjusted(score: number, samples: number, regressors: number): number {
  if (regressors === 0 || regressors >= samples - 1) return score
  return 1 - ((1 - score) * (samples - 1)) / (samples - regressors - 1)
}

/** Labels and predictions are class numbers; weights are cut to whole numbers, as Keras does. */
export function meanIoU(tf: Tf, { numClasses }: MetricOf<'meanIoU'>): Measure {
  return {
    width: numClasses ** 2,
    measure(batch) {
      const classes = (of: Tensor): Tensor =>
        tf.cast(tf.oneHot(tf.cast(tf.reshape(of, [-1]), 'int32'), numClasses), 'float32')
      const w = batch.weights ? tf.reshape(tf.floor(batch.weights), [-1, 1]) : weightOf(tf, batch)
      const told = tf.mul(classes(batch.predictions()), w)
      return tf.reshape(tf.matMul(classes(batch.yTrue) as never, told as never, true, false), [-1])
    },
    values(sums) {
      const at = (label: number, told: number): number => sums[label * numClasses + told] ?? NaN
      const each = Array.from({ length: numClasses }, (_, own) => {
        const others = Array.from({ length: numClasses }, (_one, other) => at(own, other) + at(other, own))
        return { right: at(own, own), all: sumOf(others) - at(own, own) }
      })
      const there = each.filter(({ all }) => all > 0)
      return [sumOf(there.map(({ right, all }) => right / (all + EPSILON))) / there.length]
    },
  }
}
