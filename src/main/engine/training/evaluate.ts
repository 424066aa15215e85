/** Loss and metrics of a model over a part of the data, without training. */
import { gatherBatch } from '../data/batches.ts'
import type { Split } from '../data/dataset.ts'
import { rowRange } from '../data/random.ts'
import type { MetricAccumulator } from '../models/metrics.ts'
import type { StepParts } from './eager-step.ts'

/** Rows of a slice: large enough for the kernels, small enough to let messages through in between. */
const SLICE_ROWS = 256

export interface Evaluation {
  readonly loss: number
  readonly metrics: ReadonlyMap<string, number>
}

/** `pause` is awaited between slices. The loss is the mean over rows, penalties of regularizers included, as in Keras. */
export async function evaluate(
  parts: StepParts,
  split: Split,
  metrics: readonly MetricAccumulator[],
  pause: () => Promise<void>,
): Promise<Evaluation> {
  const { tf, forward, loss, shape } = parts
  const features = new Float32Array(SLICE_ROWS * split.featureWidth)
  const labels = new Float32Array(SLICE_ROWS * split.labelWidth)
  const order = rowRange(split.rows)
  for (const metric of metrics) metric.reset()
  let sum = 0
  for (let start = 0; start < split.rows; start += SLICE_ROWS) {
    const rowNumbers = order.subarray(start, start + SLICE_ROWS)
    const rows = rowNumbers.length
    gatherBatch(split, rowNumbers, features, labels)
    const rowLabels = labels.subarray(0, rows * split.labelWidth)
    const sliceLoss = tf.tidy(() => {
      const x = tf.tensor(features.subarray(0, rows * split.featureWidth), [rows, ...shape.features])
      const y = tf.tensor(rowLabels, [rows, shape.labelWidth])
      const output = forward.output(x, false)
      const predictions = forward.activate(output).dataSync() as Float32Array
      for (const metric of metrics) metric.update(rowLabels, predictions, rows)
      return loss(y, output).dataSync()[0] ?? NaN
    })
    sum += sliceLoss * rows
    await pause()
  }
  const penalty = tf.tidy(() => forward.penalty()?.dataSync()[0] ?? 0)
  return {
    loss: sum / split.rows + penalty,
    metrics: new Map(metrics.map((metric) => [metric.name, metric.result()])),
  }
}
