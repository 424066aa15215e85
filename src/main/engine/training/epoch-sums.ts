/** Loss and metrics of an epoch while it goes on: means over the rows seen so far. */
import type { MetricAccumulator } from '../models/metrics/metric.ts'

export interface EpochSums {
  /** A batch of `rows` rows: its loss, and all that it adds to metrics. @returns the metrics of this batch alone */
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
      return updateAll(metrics, sums, rows)
    },
    result: () => ({
      loss: lossSum / rowSum,
      ...resultsOf(metrics),
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

/** @param sums what a batch of `rows` rows adds to the metrics, one after the other @returns the values of this batch alone */
export function updateAll(metrics: readonly MetricAccumulator[], sums: ArrayLike<number>, rows: number): number[] {
  const values: number[] = []
  let from = 0
  for (const metric of metrics) {
    for (const value of metric.update(sums, from, rows)) values.push(value)
    from += metric.width
  }
  return values
}

/** By name. */
export function resultsOf(metrics: readonly MetricAccumulator[]): Record<string, number> {
  return Object.fromEntries(
    metrics.flatMap((metric) => {
      const results = metric.results()
      return metric.names.map((name, index) => [name, results[index] ?? NaN] as const)
    }),
  )
}
