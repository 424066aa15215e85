/** Buckets of equal width over the finite values of an array. */
import type { HistogramRecord } from '../../../contract/log-record.ts'

const BUCKETS = 64

/** One bucket of no width when all finite values are equal, none when there are no finite values. */
export function histogramOf(tag: string, step: number, wallTime: number, values: ArrayLike<number>): HistogramRecord {
  let min = Infinity
  let max = -Infinity
  let finite = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isFinite(value)) continue
    finite++
    if (value < min) min = value
    if (value > max) max = value
  }
  const nonFinite = values.length - finite
  const base = { kind: 'histogram' as const, tag, step, wallTime, nonFinite }
  if (finite === 0) return { ...base, edges: new Float64Array([0]), counts: new Float64Array() }
  if (min === max) return { ...base, edges: Float64Array.of(min, max), counts: Float64Array.of(finite) }

  const counts = new Float64Array(BUCKETS)
  const perUnit = BUCKETS / (max - min)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isFinite(value)) continue
    const bucket = Math.min(BUCKETS - 1, Math.floor((value - min) * perUnit))
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  const edges = Float64Array.from({ length: BUCKETS + 1 }, (_, i) => (i === BUCKETS ? max : min + i / perUnit))
  return { ...base, edges, counts }
}
