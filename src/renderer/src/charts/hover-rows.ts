/** What the tooltip says: each curve's exact value nearest to the hovered x, best to read from the top down. */
import type { ScalarEnvelope } from '../../../contract/scalars.ts'
import type { Curve } from './curve-paths.ts'
import type { Scale } from './scale.ts'

export interface HoverRow {
  readonly runId: string
  /** Of the point that is shown; the curves of one card need not have points at the same x. */
  readonly x: number
  readonly value: number
  /** Null where the curve is drawn as it is. */
  readonly smoothed: number | null
}

/** A curve that ended more than this share of the axis away from the pointer is not spoken of. */
const REACH = 0.03

/** Rows by value, greatest first as on the chart; NaN last. */
export function hoverRows(curves: readonly Curve[], x: number, scale: Scale): HoverRow[] {
  const reach = (scale.to - scale.from) * REACH
  const rows = curves.flatMap(({ envelope, smoothed }): HoverRow[] => {
    const row = nearestRow(envelope.x, x)
    const at = envelope.x[row]
    if (at === undefined) return []
    const isPastEnd = (row === 0 && x < at - reach) || (row === envelope.x.length - 1 && x > at + reach)
    if (isPastEnd) return []
    const value = envelope.last[row] ?? Number.NaN
    return [{ runId: envelope.runId, x: at, value, smoothed: smoothed ? (envelope.smoothed[row] ?? null) : null }]
  })
  return rows.sort((a, b) => Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value)) || b.value - a.value)
}

/** The x among all curves that is nearest to `x`: where the tooltip stands. */
export function snapX(envelopes: readonly ScalarEnvelope[], x: number): number {
  let nearest = Number.NaN
  for (const envelope of envelopes) {
    const at = envelope.x[nearestRow(envelope.x, x)]
    if (at !== undefined && !(Math.abs(at - x) >= Math.abs(nearest - x))) nearest = at
  }
  return Number.isNaN(nearest) ? x : nearest
}

/** Index of the element of ascending `xs` that is nearest to `x`; -1 in an empty array. */
export function nearestRow(xs: Float64Array, x: number): number {
  let low = 0
  let high = xs.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((xs[middle] ?? 0) < x) low = middle + 1
    else high = middle
  }
  const before = xs[low - 1]
  const at = xs[low]
  return before !== undefined && at !== undefined && x - before <= at - x ? low - 1 : Math.min(low, xs.length - 1)
}

/**
 * The `limit` rows nearest in value to `value`, in the order they came: what a tooltip shows when not all fit.
 */
export function nearestRows(rows: readonly HoverRow[], value: number, limit: number): readonly HoverRow[] {
  if (rows.length <= limit) return rows
  const distance = (row: HoverRow): number =>
    Number.isNaN(row.value) ? Number.POSITIVE_INFINITY : Math.abs(row.value - value)
  const kept = new Set([...rows].sort((a, b) => distance(a) - distance(b)).slice(0, limit))
  return rows.filter((row) => kept.has(row))
}
