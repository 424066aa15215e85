/**
 * Metrics as Keras accumulates them: means over rows, not over batches. What a batch adds is worked out in tensor ops, so
 * that it can be compiled into the step; sums and means are plain numbers.
 */
import type { Loss, Metric } from '../../../contract/experiment/fit.ts'
import type { Tensor, Tf } from './tf.ts'

export interface MetricAccumulator {
  /** As in tags: the metric's, after that of the output where there are several. */
  readonly name: string
  /**
   * What a batch adds to the sum, a float32 scalar: the number of hits, or the sum of the costs of its elements. To be
   * called within a tidy scope.
   */
  measure(batch: MeasuredBatch): Tensor
  /** Takes in what `measure` gave for a batch of `rows` rows. @returns the value of this batch alone. */
  update(sum: number, rows: number): number
  /** Over everything since the last reset; NaN before the first row. */
  result(): number
  reset(): void
  /** What it has added up, to be given to `setState` of another such. */
  state(): readonly number[]
  setState(state: readonly number[]): void
}

export interface MeasuredBatch {
  /** float32 [rows, labelWidth] */
  readonly yTrue: Tensor
  /** What the forward pass gave: logits, where the loss takes in the last activation, else what `predictions` gives. */
  readonly output: Tensor
  /** Activated. */
  readonly predictions: () => Tensor
  /** The loss of the batch, penalties left out. */
  readonly loss: Tensor
}

export interface MetricWidths {
  /** Numbers per row. */
  readonly label: number
  readonly output: number
}

/** Sum over a batch, and what it is divided by for each row. */
interface Measure {
  readonly measure: (batch: MeasuredBatch) => Tensor
  readonly perRow: number
}

export function createMetric(tf: Tf, metric: Metric, loss: Loss, widths: MetricWidths): MetricAccumulator {
  const { measure, perRow } = measureOf(tf, metric, loss, widths)
  const finish = metric === 'rootMeanSquaredError' ? Math.sqrt : (mean: number): number => mean
  let sum = 0
  let total = 0
  return {
    name: metric,
    measure,
    update(added, rows) {
      sum += added
      total += rows * perRow
      return finish(added / (rows * perRow))
    },
    result: () => finish(sum / total),
    reset() {
      sum = 0
      total = 0
    },
    state: () => [sum, total],
    setState([keptSum = 0, keptTotal = 0]) {
      sum = keptSum
      total = keptTotal
    },
  }
}

/**
 * The loss of one of several outputs. Over an epoch of training Keras takes the plain mean over batches, a short last one
 * counting fully; of an evaluation, whose batches are as large as it likes, it is the mean over rows.
 */
export function createOutputLoss(name: string, over: 'batches' | 'rows'): MetricAccumulator {
  let sum = 0
  let total = 0
  return {
    name,
    measure: ({ loss }) => loss,
    update(loss, rows) {
      const weight = over === 'rows' ? rows : 1
      sum += loss * weight
      total += weight
      return loss
    },
    result: () => sum / total,
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

function measureOf(tf: Tf, metric: Metric, loss: Loss, widths: MetricWidths): Measure {
  const overElements = (cost: (yTrue: Tensor, yPred: Tensor) => Tensor): Measure => ({
    measure: ({ yTrue, predictions }) => {
      const yPred = predictions()
      return tf.sum(cost(tf.reshape(yTrue, yPred.shape), yPred))
    },
    perRow: widths.output,
  })
  if (metric === 'meanAbsoluteError') return overElements((yTrue, yPred) => tf.abs(tf.sub(yTrue, yPred)))
  if (metric !== 'accuracy') return overElements((yTrue, yPred) => tf.squaredDifference(yTrue, yPred))
  if (loss === 'sparseCategoricalCrossentropy')
    return hits(tf, ({ yTrue }) => tf.cast(tf.reshape(yTrue, [-1]), 'int32'))
  const categorical = hits(tf, ({ yTrue }) => tf.argMax(yTrue, -1))
  if (loss === 'categoricalCrossentropy' || (loss !== 'binaryCrossentropy' && widths.output > 1)) return categorical
  // Keras's BinaryAccuracy: a prediction above 0.5 is a 1.
  return overElements((yTrue, yPred) => tf.cast(tf.equal(tf.cast(tf.greater(yPred, 0.5), 'float32'), yTrue), 'float32'))
}

/** The greatest logit is the greatest probability; of equals the first counts. */
function hits(tf: Tf, classes: (batch: MeasuredBatch) => Tensor): Measure {
  return {
    measure: (batch) => tf.sum(tf.cast(tf.equal(tf.argMax(batch.output, -1), classes(batch)), 'float32')),
    perRow: 1,
  }
}
