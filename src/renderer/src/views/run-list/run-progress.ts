/** How far a live run is, in words and as a share. */
import type { Progress, RunRecord } from '../../../../contract/run.ts'
import { formatDuration, formatValue } from '../../ui/format.ts'

/** Share of the training steps done, 0 to 1; null while that is not known. */
export function progressShare(progress: Progress | null): number | null {
  if (!progress || progress.phase === 'preparing') return null
  const total = progress.epochs * progress.stepsPerEpoch
  return total > 0 ? Math.min(1, progress.step / total) : null
}

const PHASES = {
  preparing: 'preparing data…',
  training: 'training',
  evaluating: 'evaluating…',
  saving: 'saving…',
} as const

export function phaseText(run: RunRecord): string {
  if (run.state === 'queued') return 'queued'
  return run.progress ? PHASES[run.progress.phase] : 'starting…'
}

/** `epoch 2/5 · 26.68 ms/step · ETA 2m 40s`: where there is less room. */
export function shortProgressText(progress: Progress): string {
  const { epoch, epochs, msPerStep, etaSecs } = progress
  if (progress.phase === 'preparing') return preparedShare(progress)
  const parts = [`epoch ${Math.min(epoch, epochs)}/${epochs}`]
  if (msPerStep !== null) parts.push(`${formatValue(msPerStep)} ms/step`)
  if (etaSecs !== null) parts.push(`ETA ${formatDuration(etaSecs)}`)
  return parts.join(' · ')
}

/** While rows are read steps are hundredths of them. `epoch 2 of 5 · step 3,120 · 1.120 ms/step · ETA 2m 40s`. */
export function progressText(progress: Progress): string {
  if (progress.phase === 'preparing') return preparedShare(progress)
  const parts = [
    `epoch ${Math.min(progress.epoch, progress.epochs)} of ${progress.epochs}`,
    `step ${formatValue(progress.step)}`,
  ]
  if (progress.msPerStep !== null) parts.push(`${formatValue(progress.msPerStep)} ms/step`)
  if (progress.etaSecs !== null) parts.push(`ETA ${formatDuration(progress.etaSecs)}`)
  return parts.join(' · ')
}

function preparedShare({ step, stepsPerEpoch }: Progress): string {
  return `${Math.round((100 * step) / Math.max(1, stepsPerEpoch))}% of the rows read`
}
