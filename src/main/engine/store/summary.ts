/**
 * What is known of a row of consecutive points without reading them: of a chunk, a node of the pyramid, a whole series.
 *
 * In a blob a summary is SUMMARY_FIELDS float64s, little-endian, in the order of the interface; `wallOrdered` is 0 or 1.
 */
import type { PointColumns } from './points.ts'

export interface Summary {
  readonly count: number
  readonly firstStep: number
  readonly lastStep: number
  readonly firstWallTime: number
  readonly lastWallTime: number
  readonly minWallTime: number
  readonly maxWallTime: number
  /** Whether wall times never go back from one point to the next. */
  readonly wallOrdered: boolean
  /** Values that are neither NaN nor infinite. */
  readonly finiteCount: number
  readonly nanCount: number
  /** Over the finite values; Infinity and -Infinity where there are none. */
  readonly min: number
  readonly max: number
  /** Step of the first point that has that value; NaN where there is none. */
  readonly minStep: number
  readonly maxStep: number
  /** Of the finite values. */
  readonly sum: number
  readonly firstValue: number
  readonly lastValue: number
}

export const SUMMARY_FIELDS = 17

export const EMPTY_SUMMARY: Summary = {
  count: 0,
  firstStep: NaN,
  lastStep: NaN,
  firstWallTime: NaN,
  lastWallTime: NaN,
  minWallTime: Infinity,
  maxWallTime: -Infinity,
  wallOrdered: true,
  finiteCount: 0,
  nanCount: 0,
  min: Infinity,
  max: -Infinity,
  minStep: NaN,
  maxStep: NaN,
  sum: 0,
  firstValue: NaN,
  lastValue: NaN,
}

/** Sums up the points [from, to). */
export function summarize(points: PointColumns, from: number, to: number): Summary {
  if (to <= from) return EMPTY_SUMMARY
  return { count: to - from, ...summarizeTimes(points, from, to), ...summarizeValues(points, from, to) }
}

type Times = Pick<
  Summary,
  'firstStep' | 'lastStep' | 'firstWallTime' | 'lastWallTime' | 'minWallTime' | 'maxWallTime' | 'wallOrdered'
>

function summarizeTimes({ steps, wallTimes }: PointColumns, from: number, to: number): Times {
  let minWallTime = Infinity
  let maxWallTime = -Infinity
  let wallOrdered = true
  for (let index = from; index < to; index++) {
    const wallTime = wallTimes[index] ?? NaN
    if (wallTime < maxWallTime) wallOrdered = false
    if (wallTime < minWallTime) minWallTime = wallTime
    if (wallTime > maxWallTime) maxWallTime = wallTime
  }
  return {
    firstStep: steps[from] ?? NaN,
    lastStep: steps[to - 1] ?? NaN,
    firstWallTime: wallTimes[from] ?? NaN,
    lastWallTime: wallTimes[to - 1] ?? NaN,
    minWallTime,
    maxWallTime,
    wallOrdered,
  }
}

function summarizeValues(
  { steps, values }: PointColumns,
  from: number,
  to: number,
): Omit<Summary, 'count' | keyof Times> {
  let [finiteCount, nanCount, sum] = [0, 0, 0]
  let [min, max, minStep, maxStep] = [Infinity, -Infinity, NaN, NaN]
  for (let index = from; index < to; index++) {
    const value = values[index] ?? NaN
    if (!Number.isFinite(value)) {
      if (Number.isNaN(value)) nanCount++
      continue
    }
    finiteCount++
    sum += value
    if (value < min) [min, minStep] = [value, steps[index] ?? NaN]
    if (value > max) [max, maxStep] = [value, steps[index] ?? NaN]
  }
  const [firstValue = NaN, lastValue = NaN] = [values[from], values[to - 1]]
  return { finiteCount, nanCount, min, max, minStep, maxStep, sum, firstValue, lastValue }
}

/** Sums up the points of `earlier` followed by those of `later`. */
export function combine(earlier: Summary, later: Summary): Summary {
  if (earlier.count === 0) return later
  if (later.count === 0) return earlier
  return {
    count: earlier.count + later.count,
    firstStep: earlier.firstStep,
    lastStep: later.lastStep,
    firstWallTime: earlier.firstWallTime,
    lastWallTime: later.lastWallTime,
    minWallTime: Math.min(earlier.minWallTime, later.minWallTime),
    maxWallTime: Math.max(earlier.maxWallTime, later.maxWallTime),
    wallOrdered: earlier.wallOrdered && later.wallOrdered && earlier.lastWallTime <= later.firstWallTime,
    finiteCount: earlier.finiteCount + later.finiteCount,
    nanCount: earlier.nanCount + later.nanCount,
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    minStep: later.min < earlier.min ? later.minStep : earlier.minStep,
    maxStep: later.max > earlier.max ? later.maxStep : earlier.maxStep,
    sum: earlier.sum + later.sum,
    firstValue: earlier.firstValue,
    lastValue: later.lastValue,
  }
}

export function packSummary(summary: Summary): Uint8Array {
  const fields = Float64Array.of(
    summary.count,
    summary.firstStep,
    summary.lastStep,
    summary.firstWallTime,
    summary.lastWallTime,
    summary.minWallTime,
    summary.maxWallTime,
    summary.wallOrdered ? 1 : 0,
    summary.finiteCount,
    summary.nanCount,
    summary.min,
    summary.max,
    summary.minStep,
    summary.maxStep,
    summary.sum,
    summary.firstValue,
    summary.lastValue,
  )
  return new Uint8Array(fields.buffer)
}

/** One summary. @see packSummary */
export function unpackSummary(bytes: Uint8Array): Summary {
  return unpackSummaries(bytes)[0] ?? EMPTY_SUMMARY
}

/** Summaries that stand one after the other. */
export function unpackSummaries(bytes: Uint8Array): Summary[] {
  const fields = new Float64Array(new Uint8Array(bytes).buffer)
  return Array.from({ length: fields.length / SUMMARY_FIELDS }, (_, index) => summaryAt(fields, index * SUMMARY_FIELDS))
}

function summaryAt(fields: Float64Array, offset: number): Summary {
  const field = (index: number): number => fields[offset + index] ?? NaN
  return {
    count: field(0),
    firstStep: field(1),
    lastStep: field(2),
    firstWallTime: field(3),
    lastWallTime: field(4),
    minWallTime: field(5),
    maxWallTime: field(6),
    wallOrdered: field(7) === 1,
    finiteCount: field(8),
    nanCount: field(9),
    min: field(10),
    max: field(11),
    minStep: field(12),
    maxStep: field(13),
    sum: field(14),
    firstValue: field(15),
    lastValue: field(16),
  }
}
