/** Metrics over predictions as plain arrays, accumulated batch by batch as Keras does: means over rows, not over batches. */
import type { Loss, Metric } from '../../../contract/experiment/fit.ts'

export interface MetricAccumulator {
  readonly name: Metric
  /** Takes a batch in; both arrays row-major, `yPred` activated. @returns the value of this batch alone. */
  update(yTrue: Float32Array, yPred: Float32Array, rows: number): number
  /** Over everything since the last reset; NaN before the first row. */
  result(): number
  reset(): void
}

export interface MetricWidths {
  /** Numbers per row. */
  readonly label: number
  readonly output: number
}

/** Sum and number of elements of a batch; a metric is a function of the two. */
type Count = (yTrue: Float32Array, yPred: Float32Array, rows: number) => { sum: number; count: number }

export function createMetric(metric: Metric, loss: Loss, widths: MetricWidths): MetricAccumulator {
  const count = countOf(metric, loss, widths)
  const finish = metric === 'rootMeanSquaredError' ? Math.sqrt : (mean: number): number => mean
  let sum = 0
  let total = 0
  return {
    name: metric,
    update(yTrue, yPred, rows) {
      const batch = count(yTrue, yPred, rows)
      sum += batch.sum
      total += batch.count
      return finish(batch.sum / batch.count)
    },
    result: () => finish(sum / total),
    reset() {
      sum = 0
      total = 0
    },
  }
}

function countOf(metric: Metric, loss: Loss, widths: MetricWidths): Count {
  if (metric === 'meanAbsoluteError') return overElements(widths, (error) => Math.abs(error))
  if (metric !== 'accuracy') return overElements(widths, (error) => error * error)
  if (loss === 'sparseCategoricalCrossentropy') return sparseHits(widths)
  if (loss === 'categoricalCrossentropy') return categoricalHits(widths)
  return loss === 'binaryCrossentropy' || widths.output === 1 ? binaryHits(widths) : categoricalHits(widths)
}

function overElements(widths: MetricWidths, cost: (error: number) => number): Count {
  return (yTrue, yPred, rows) => {
    const count = rows * widths.output
    let sum = 0
    for (let index = 0; index < count; index++) sum += cost((yTrue[index] ?? 0) - (yPred[index] ?? 0))
    return { sum, count }
  }
}

/** Keras's BinaryAccuracy: a prediction above 0.5 is a 1. */
function binaryHits(widths: MetricWidths): Count {
  return (yTrue, yPred, rows) => {
    const count = rows * widths.output
    let sum = 0
    for (let index = 0; index < count; index++) if (((yPred[index] ?? 0) > 0.5 ? 1 : 0) === yTrue[index]) sum++
    return { sum, count }
  }
}

function sparseHits(widths: MetricWidths): Count {
  return (yTrue, yPred, rows) => {
    let sum = 0
    for (let row = 0; row < rows; row++) if (argMax(yPred, row * widths.output, widths.output) === yTrue[row]) sum++
    return { sum, count: rows }
  }
}

function categoricalHits({ output }: MetricWidths): Count {
  return (yTrue, yPred, rows) => {
    let sum = 0
    for (let row = 0; row < rows; row++) {
      if (argMax(yPred, row * output, output) === argMax(yTrue, row * output, output)) sum++
    }
    return { sum, count: rows }
  }
}

/** Index of the first greatest of `width` numbers. */
function argMax(values: Float32Array, from: number, width: number): number {
  let best = 0
  for (let index = 1; index < width; index++) {
    if ((values[from + index] ?? 0) > (values[from + best] ?? 0)) best = index
  }
  return best
}
