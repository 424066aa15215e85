/** What a chart is to get, worked out point by point from an array. */
import type { ScalarEnvelope } from '../../../src/contract/scalars.ts'
import type { EnvelopeQuery } from '../../../src/main/engine/query/scalar-envelopes.ts'
import { visible, type NaivePoint, type NaiveSeries } from '../store/naive-series.ts'

interface Row {
  readonly x: number
  readonly value: number
  readonly step: number
  readonly smoothed: number
}

interface Timeline {
  readonly startedAt: number
  readonly stepsPerEpoch: number
}

export type NaiveEnvelope = Omit<ScalarEnvelope, 'runId' | 'tag'>

export function envelopeNaively(series: NaiveSeries, timeline: Timeline, query: EnvelopeQuery): NaiveEnvelope {
  const rows = rowsOf(visible(series), timeline, query).sort((a, b) => a.x - b.x)
  const [from, to] = query.range ?? [rows[0]?.x ?? NaN, rows.at(-1)?.x ?? NaN]
  const inRange = rows.filter((row) => row.x >= from && row.x <= to)
  const before = rows.filter((row) => row.x < from).at(-1)
  const after = rows.find((row) => row.x > to)
  const raw = inRange.length <= query.columns
  const width = (to - from) / query.columns
  const columnOf = (row: Row): number =>
    width > 0 ? Math.min(query.columns - 1, Math.floor(((row.x - from) / (to - from)) * query.columns)) : 0
  const groups = raw ? inRange.map((row) => [row]) : [...Map.groupBy(inRange, columnOf).values()]
  const all = [...(before ? [[before]] : []), ...groups, ...(after ? [[after]] : [])]
  const column = (of: (group: readonly Row[]) => number): Float64Array => Float64Array.from(all, of)
  return {
    raw,
    count: inRange.length,
    nonFiniteSteps: inRange
      .filter((row) => !Number.isFinite(row.value))
      .map((row) => row.step)
      .sort((a, b) => a - b)
      .slice(0, 100),
    x: column((group) => group.at(-1)?.x ?? NaN),
    min: column((group) => extreme(group, raw, Math.min)),
    max: column((group) => extreme(group, raw, Math.max)),
    first: column((group) => group[0]?.value ?? NaN),
    last: column((group) => group.at(-1)?.value ?? NaN),
    smoothed: query.smoothing > 0 ? column((group) => group.at(-1)?.smoothed ?? NaN) : new Float64Array(),
  }
}

function rowsOf(points: readonly NaivePoint[], timeline: Timeline, { x, smoothing }: EnvelopeQuery): Row[] {
  let [average, count] = [0, 0]
  return points.map((point) => {
    if (Number.isFinite(point.value)) {
      average = smoothing * average + (1 - smoothing) * point.value
      count++
    }
    const smoothed = count > 0 ? average / (1 - smoothing ** count) : NaN
    return { x: xOf(point, timeline, x), value: point.value, step: point.step, smoothed }
  })
}

function xOf({ step, wallTime }: NaivePoint, { startedAt, stepsPerEpoch }: Timeline, x: EnvelopeQuery['x']): number {
  return { step, epoch: step / stepsPerEpoch, wall: wallTime, relative: wallTime - startedAt }[x]
}

function extreme(group: readonly Row[], raw: boolean, pick: (...values: number[]) => number): number {
  const values = group.map((row) => row.value)
  if (raw) return values[0] ?? NaN
  const finite = values.filter(Number.isFinite)
  return finite.length > 0 ? pick(...finite) : NaN
}
