/** What a person is told of native TensorFlow: what it is, what a setup takes, how one goes. */
import type { EngineInfo } from '../../../../contract/requests.ts'
import type {
  SetupJob,
  SetupPlan,
  SetupStage,
  TensorflowFlavor,
  TensorflowInstalled,
} from '../../../../contract/tensorflow.ts'
import type { SetupChoice, TensorflowAction } from '../../state/tensorflow.svelte.ts'
import type { Fact } from '../../ui/fact.ts'
import { formatFileSize, formatDuration } from '../../ui/format.ts'

type Backend = EngineInfo['backend']

const STAGES: Record<SetupStage, string> = {
  finding: 'Finding TensorFlow',
  downloading: 'Downloading',
  unpacking: 'Unpacking',
  building: 'Building the binding',
  checking: 'Checking it in a process of its own',
  switching: 'Switching over',
}
const FLAVORS: Record<TensorflowFlavor, string> = {
  cpu: 'CPU',
  cuda: 'NVIDIA GPU (CUDA)',
  stock: 'TensorFlow.js’s own build',
}
const SHORT_NAMES: Record<string, string> = { wasm: 'WASM', cpu: 'Plain JavaScript' }

export const FAILURE_TITLES: Record<TensorflowAction, string> = {
  read: 'What is set up could not be read',
  setup: 'The setup could not be started',
  cancel: 'The setup could not be cancelled',
  remove: 'TensorFlow could not be removed',
}

export function stageText(stage: SetupStage): string {
  return STAGES[stage]
}

/** `Downloading · 120 MB of 274 MB · 43% · 1m 12s left`. */
export function progressText(job: SetupJob, etaSecs: number | null): string {
  const parts = [stageText(job.stage)]
  if (job.doneBytes !== null)
    parts.push(formatFileSize(job.doneBytes) + (job.totalBytes === null ? '' : ` of ${formatFileSize(job.totalBytes)}`))
  if (job.share !== null) parts.push(`${Math.floor(job.share * 100)}%`)
  if (etaSecs !== null) parts.push(`${formatDuration(etaSecs)} left`)
  return parts.join(' · ')
}

/** What the status bar says of a lesser rung; null on TensorFlow itself. */
export function slowerText(backend: Backend, job: SetupJob | null): string | null {
  if (backend.slowdown === null) return null
  const advice = job?.state === 'failed' ? 'setting up TensorFlow failed…' : 'set up TensorFlow…'
  return `${SHORT_NAMES[backend.name] ?? backend.name}: about ${times(backend.slowdown)} slower; ${advice}`
}

/** What trains instead of TensorFlow; null on TensorFlow itself. */
export function insteadText(backend: Backend): string | null {
  if (backend.slowdown === null) return null
  return `Runs train on ${backend.device}, about ${times(backend.slowdown)} slower than on TensorFlow.`
}

export function installedFacts(installed: TensorflowInstalled): Fact[] {
  return [
    { name: 'version', value: `TensorFlow ${installed.version}` },
    { name: 'for', value: FLAVORS[installed.flavor] },
    { name: 'device', value: installed.device },
    { name: 'source', value: installed.source },
    { name: 'folder', value: installed.dir },
    { name: 'size', value: formatFileSize(installed.bytes), isNumber: true },
  ]
}

/** `20 s`, `4 min`, `1 h 10 min`: an expectation is no measurement. */
export function roughDuration(secs: number): string {
  if (secs < 55) return `${Math.max(5, Math.ceil(secs / 5) * 5)} s`
  const minutes = Math.round(secs / 60)
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`
}

/** Why the picked plan cannot be set up; a Python or a wheel that is named may be what mends it. */
export function obstacleOf(plan: SetupPlan, { python, wheel }: SetupChoice): string | null {
  const canBeMended = plan.flavor !== 'stock' && (python.trim() !== '' || wheel.trim() !== '')
  return canBeMended ? null : plan.obstacle
}

/** What pressing the button does: said before, so that nothing is asked after. */
export function takesText(plan: SetupPlan, { wheel }: SetupChoice): string {
  const download =
    wheel.trim() !== '' && plan.flavor !== 'stock'
      ? 'Takes the wheel that is named'
      : plan.downloadBytes === 0
        ? 'Downloads nothing'
        : `Downloads ${formatFileSize(plan.downloadBytes)}`
  return `${download}, holds ${formatFileSize(plan.diskBytes)} on the disk, takes about ${roughDuration(plan.secs)}.`
}

export function setUpLabel(plan: SetupPlan, job: SetupJob | null, installed: TensorflowInstalled | null): string {
  const state = job?.flavor === plan.flavor ? job.state : null
  if (state === 'failed') return 'Try again'
  if (state === 'cancelled') return 'Go on'
  return installed?.flavor === plan.flavor ? 'Set up again' : 'Set up'
}

function times(slowdown: number): string {
  return `${Number(slowdown.toPrecision(2))} ×`
}
