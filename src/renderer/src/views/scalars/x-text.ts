/** An x as the tooltip says it. */
import type { XAxis } from '../../../../contract/scalars.ts'
import { formatCount, formatDuration, formatTime, formatValue } from '../../ui/format.ts'

/** `step 24,239`, `epoch 14.10`, `4m 12s`, `2026-07-31 14:03:22`. */
export function xText(x: XAxis, value: number): string {
  if (x === 'step') return `step ${formatCount(value)}`
  if (x === 'epoch') return `epoch ${formatValue(value)}`
  return x === 'wall' ? formatTime(value) : formatDuration(value)
}

/** What the header adds: the epoch of a step, the step of an epoch; null where it is not known. */
export function otherXText(x: XAxis, value: number, stepsPerEpoch: number | null): string | null {
  if (stepsPerEpoch === null || stepsPerEpoch <= 0) return null
  if (x === 'step') return `epoch ${(value / stepsPerEpoch).toFixed(2)}`
  return x === 'epoch' ? `step ${formatCount(Math.round(value * stepsPerEpoch))}` : null
}
