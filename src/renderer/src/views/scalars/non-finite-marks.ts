/** Where on the axis a run's values were NaN or infinite. */
import type { Plot } from '../../charts/curve-paths.ts'
import { toUnit } from '../../charts/scale.ts'
import type { RunRecord } from '../../../../contract/run.ts'
import type { ScalarEnvelope, XAxis } from '../../../../contract/scalars.ts'

export interface NonFiniteMark {
  readonly px: number
  readonly title: string
}

const MARK_PX = 8

/** One mark a stretch of `MARK_PX`; its title names the run and the step. */
export function nonFiniteMarks(
  envelopes: readonly ScalarEnvelope[],
  x: XAxis,
  plot: Plot,
  runOf: (runId: string) => RunRecord | undefined,
): NonFiniteMark[] {
  const byPlace = new Map<number, string[]>()
  for (const envelope of envelopes) {
    if (envelope.nonFiniteSteps.length === 0) continue
    const run = runOf(envelope.runId)
    for (const { at, text } of nonFiniteXs(envelope, x, run?.stepsPerEpoch ?? null)) {
      const unit = toUnit(plot.x, at)
      if (!(unit >= 0 && unit <= 1)) continue
      const place = Math.round((unit * plot.width) / MARK_PX)
      const title = `NaN or infinite ${text}: ${run?.name ?? envelope.runId}`
      byPlace.set(place, [...(byPlace.get(place) ?? []), title])
    }
  }
  return [...byPlace].map(([place, titles]) => ({
    px: plot.left + place * MARK_PX,
    title: titles.length > 4 ? [...titles.slice(0, 4), `and ${titles.length - 4} more`].join('\n') : titles.join('\n'),
  }))
}

/** Steps are told exactly; on axes of time the places are those of rows without a finite value. */
function nonFiniteXs(envelope: ScalarEnvelope, x: XAxis, stepsPerEpoch: number | null): { at: number; text: string }[] {
  const steps = envelope.nonFiniteSteps
  if (x === 'step') return steps.map((step) => ({ at: step, text: `at step ${step}` }))
  if (x === 'epoch' && stepsPerEpoch)
    return steps.map((step) => ({ at: step / stepsPerEpoch, text: `at step ${step}` }))
  return [...envelope.x].filter((_, row) => Number.isNaN(envelope.min[row])).map((at) => ({ at, text: 'here' }))
}
