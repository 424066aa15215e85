/** Buckets of equal width over the finite values of an array. */
import type { HistogramRecord } from '../../../contract/log-record.ts'

const BUCKETS = 64
/** Values that follow one another are counted apart: a processor waits for a count that it has only just written. */
const LANES = 4

/** One bucket of no width when all finite values are equal, none when there are no finite values. */
export function histogramOf(tag: string, step: number, wallTime: number, values: ArrayLike<number>): HistogramRecord {
  let min = Infinity
  let max = -Infinity
  let nonFinite = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value < min) min = value
    if (value > max) max = value
    nonFinite += value - value === 0 ? 0 : 1
  }
  if (nonFinite > 0) ({ min, max } = finiteRange(values))
  const base = { kind: 'histogram' as const, tag, step, wallTime, nonFinite }
  const finite = values.length - nonFinite
  if (finite === 0) return { ...base, edges: new Float64Array([0]), counts: new Float64Array() }
  if (min === max) return { ...base, edges: Float64Array.of(min + 0, max + 0), counts: Float64Array.of(finite) }

  const perUnit = BUCKETS / (max - min)
  const lanes = new Uint32Array(BUCKETS * LANES)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (nonFinite > 0 && value - value !== 0) continue
    const bucket = ((value - min) * perUnit) | 0
    const at = (i & (LANES - 1)) * BUCKETS + (bucket < BUCKETS ? bucket : BUCKETS - 1)
    lanes[at] = (lanes[at] as number) + 1
  }
  const counts = Float64Array.from({ length: BUCKETS }, (_, bucket) => {
    let count = 0
    for (let lane = 0; lane < LANES; lane++) count += lanes[lane * BUCKETS + bucket] ?? 0
    return count
  })
  const edges = Float64Array.from({ length: BUCKETS + 1 }, (_, i) => (i === BUCKETS ? max + 0 : min + i / perUnit))
  return { ...base, edges, counts }
}

/** A pass of its own, so that the usual one has no branch for what is rare. */
function finiteRange(values: ArrayLike<number>): { min: number; max: number } {
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}
