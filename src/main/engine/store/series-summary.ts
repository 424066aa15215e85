/** Summaries as they cross a process: JSON has neither NaN nor infinities. */
import type { BestMetric, SeriesSummary } from '../../../contract/run.ts'
import { directionOf } from '../../../contract/terms.ts'
import type { Summary } from './summary.ts'

export function toSeriesSummary(tag: string, summary: Summary): SeriesSummary {
  const anyFinite = summary.finiteCount > 0
  return {
    tag,
    count: summary.count,
    first: { step: summary.firstStep, wallTime: summary.firstWallTime, value: finiteOrNull(summary.firstValue) },
    last: { step: summary.lastStep, wallTime: summary.lastWallTime, value: finiteOrNull(summary.lastValue) },
    min: anyFinite ? summary.min : null,
    max: anyFinite ? summary.max : null,
    sum: clamp(summary.sum),
    nanCount: summary.nanCount,
    best: withoutTag(bestOf(tag, summary)),
  }
}

/** Null when the series has no finite value. The first of equals is the best. */
export function bestOf(tag: string, summary: Summary): BestMetric | null {
  if (summary.finiteCount === 0) return null
  const direction = directionOf(tag)
  return direction === 'max'
    ? { tag, direction, value: summary.max, step: summary.maxStep }
    : { tag, direction, value: summary.min, step: summary.minStep }
}

function withoutTag(best: BestMetric | null): SeriesSummary['best'] {
  return best && { direction: best.direction, step: best.step, value: best.value }
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** The sum of finite numbers may leave the range of a float64. */
function clamp(sum: number): number {
  return Number.isNaN(sum) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum))
}
