/** Loss and metrics of an epoch while it goes on: means over the rows seen so far. */
import type { MetricAccumulator } from '../models/metrics.ts'

export interface EpochSums {
  /** A batch of `rows` rows: its loss, and what it adds to each metric. @returns the metrics of this batch alone */
  add(loss: number, sums: readonly number[], rows: number): number[]
  /** `loss`, then the metrics, by name. */
  result(): Record<string, number>
  reset(): void
  /** To be given to `resume` of the sums of the same metrics. */
  state(): EpochSumsState
  resume(state: EpochSumsState): void
}

export interface EpochSumsState {
  readonly loss: number
  readonly rows: number
  readonly metrics: readonly (readonly number[])[]
}

export function createEpochSums(metrics: readonly MetricAccumulator[]): EpochSums {
  let lossSum = 0
  let rowSum = 0
  return {
    add(loss, sums, rows) {
      lossSum += loss * rows
      rowSum += rows
      return metrics.map((metric, at) => metric.update(sums[at] ?? NaN, rows))
    },
    result: () => ({
      loss: lossSum / rowSum,
      ...Object.fromEntries(metrics.map((metric) => [metric.name, metric.result()])),
    }),
    reset() {
      lossSum = 0
      rowSum = 0
      for (const metric of metrics) metric.reset()
    },
    state: () => ({ loss: lossSum, rows: rowSum, metrics: metrics.map((metric) => metric.state()) }),
    resume(state) {
      lossSum = state.loss
      rowSum = state.rows
      for (const [index, metric] of metrics.entries()) metric.setState(state.metrics[index] ?? [])
    },
  }
}
