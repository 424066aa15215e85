/** Loss and metrics of a model over a part of the data, without training. */
import { rowsFrom } from '../data/random.ts'
import type { MetricAccumulator } from '../models/metrics/metric.ts'
import { resultsOf, updateAll } from './epoch-sums.ts'
import { createCallSize } from './call-size.ts'
import type { EvaluatedPart, Steps } from './steps.ts'

export interface Evaluation {
  readonly loss: number
  readonly metrics: ReadonlyMap<string, number>
}

/** Told of each batch, counted from 0, before and after it; batches are then taken one at a time. */
export interface EvaluatedBatches {
  begin(batch: number): Promise<void>
  end(batch: number, loss: number): Promise<void>
}

/** `pause` is awaited between calls. The loss is the mean over rows, penalties of regularizers included, as in Keras. */
export async function evaluate(
  steps: Steps,
  part: EvaluatedPart,
  rows: number,
  metrics: readonly MetricAccumulator[],
  pause: () => Promise<void>,
  batches: EvaluatedBatches | null = null,
): Promise<Evaluation> {
  const batch = steps.evaluationRows(part)
  const callSize = createCallSize(batches ? 1 : steps.batchesPerCall)
  for (const metric of metrics) metric.reset()
  let sum = 0
  let batchesSeen = 0
  for (let start = 0; start < rows;) {
    const whole = Math.min(callSize.batches, Math.floor((rows - start) / batch))
    const taken = rowsFrom(start, whole === 0 ? rows - start : whole * batch)
    const batchRows = Math.min(batch, taken.length)
    await batches?.begin(batchesSeen)
    const startedAt = performance.now()
    const { losses, sums } = steps.evaluate(part, taken)
    callSize.took(taken.length / batchRows, performance.now() - startedAt)
    for (let index = 0; index * batchRows < taken.length; index++) {
      sum += (losses[index] ?? NaN) * batchRows
      updateAll(
        metrics,
        sums.map((sum) => sum[index] ?? NaN),
        batchRows,
      )
    }
    start += taken.length
    await batches?.end(batchesSeen++, sum / start)
    await pause()
  }
  return { loss: sum / rows, metrics: new Map(Object.entries(resultsOf(metrics))) }
}
