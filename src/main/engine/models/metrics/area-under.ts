/** The area under a ROC or precision-recall curve, as Keras sums it up over thresholds. */
import type { MetricOf } from '../../../../contract/experiment/metrics.ts'
import { ratio } from './measure.ts'

/** How many are told right and wrong, at each threshold. */
export interface Confusion {
  readonly tp: readonly number[]
  readonly fp: readonly number[]
  readonly tn: readonly number[]
  readonly fn: readonly number[]
}

type Area = Pick<MetricOf<'auc'>, 'curve' | 'summationMethod'>

export function areaUnder(of: Confusion, { curve, summationMethod }: Area): number {
  if (curve === 'PR' && summationMethod === 'interpolation') return interpolatedPr(of)
  const { tp, fp, tn, fn } = of
  const recall = tp.map((right, at) => ratio(right, right + (fn[at] ?? 0)))
  const x = curve === 'ROC' ? fp.map((wrong, at) => ratio(wrong, wrong + (tn[at] ?? 0))) : recall
  const y = curve === 'ROC' ? recall : tp.map((right, at) => ratio(right, right + (fp[at] ?? 0)))
  const height = (left: number, right: number): number => {
    if (summationMethod === 'interpolation') return (left + right) / 2
    return summationMethod === 'minoring' ? Math.min(left, right) : Math.max(left, right)
  }
  let area = 0
  for (let at = 0; at + 1 < x.length; at++) {
    area += ((x[at] ?? 0) - (x[at + 1] ?? 0)) * height(y[at] ?? 0, y[at + 1] ?? 0)
  }
  return area
}

/** Between thresholds true positives are taken to grow with all positives (Davis and Goadrich 2006). */
function interpolatedPr({ tp, fp, fn }: Confusion): number {
  let area = 0
  for (let at = 0; at + 1 < tp.length; at++) {
    const [right = 0, rightNext = 0] = tp.slice(at, at + 2)
    const all = right + (fp[at] ?? 0)
    const allNext = rightNext + (fp[at + 1] ?? 0)
    const slope = ratio(right - rightNext, Math.max(all - allNext, 0))
    const intercept = rightNext - slope * allNext
    const log = all > 0 && allNext > 0 ? Math.log(all / allNext) : 0
    area += ratio(slope * (right - rightNext + intercept * log), Math.max(rightNext + (fn[at + 1] ?? 0), 0))
  }
  return area
}
