/** What a series is, as plainly as it can be said: an array of points, some of them superseded. */
import type { SeriesSummary } from '../../../src/contract/run.ts'
import { directionOf } from '../../../src/contract/terms.ts'
import type { PointColumns } from '../../../src/main/engine/store/points.ts'

export interface NaivePoint {
  readonly step: number
  readonly wallTime: number
  readonly value: number
  readonly superseded: boolean
}

export type NaiveSeries = readonly NaivePoint[]

export function appendNaively(series: NaiveSeries, points: readonly Omit<NaivePoint, 'superseded'>[]): NaiveSeries {
  return points.reduce<NaiveSeries>((before, point) => {
    const goesBack = point.step < (before.at(-1)?.step ?? -Infinity)
    const kept = goesBack
      ? before.map((old) => ({ ...old, superseded: old.superseded || old.step >= point.step }))
      : before
    return [...kept, { ...point, superseded: false }]
  }, series)
}

export function visible(series: NaiveSeries): NaiveSeries {
  return series.filter((point) => !point.superseded)
}

export function columnsOf(points: readonly Omit<NaivePoint, 'superseded'>[]): PointColumns {
  return {
    steps: Float64Array.from(points, (point) => point.step),
    wallTimes: Float64Array.from(points, (point) => point.wallTime),
    values: Float64Array.from(points, (point) => point.value),
  }
}

/** Of a series with at least one visible point. */
export function summarizeNaively(tag: string, series: NaiveSeries): SeriesSummary {
  const points = visible(series)
  const finite = points.filter((point) => Number.isFinite(point.value))
  const values = finite.map((point) => point.value)
  const direction = directionOf(tag)
  const bestValue = direction === 'max' ? Math.max(...values) : Math.min(...values)
  const best = finite.find((point) => point.value === bestValue)
  const end = (point: NaivePoint | undefined): SeriesSummary['first'] => ({
    step: point?.step ?? NaN,
    wallTime: point?.wallTime ?? NaN,
    value: point && Number.isFinite(point.value) ? point.value : null,
  })
  return {
    tag,
    count: points.length,
    first: end(points[0]),
    last: end(points.at(-1)),
    min: finite.length > 0 ? Math.min(...values) : null,
    max: finite.length > 0 ? Math.max(...values) : null,
    sum: values.reduce((sum, value) => sum + value, 0),
    nanCount: points.filter((point) => Number.isNaN(point.value)).length,
    best: best ? { direction, step: best.step, value: best.value } : null,
  }
}
