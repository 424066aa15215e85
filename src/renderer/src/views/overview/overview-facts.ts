/** What the overview says of a run, as names and values. */
import type { Environment, Hparams, RunDetail, RunRecord } from '../../../../contract/run.ts'
import { formatBytes, formatCount, formatDuration, formatTime, formatValue } from '../../ui/format.ts'
import type { Fact } from '../../ui/fact.ts'
import { durationOf } from '../run-list/sort-runs.ts'

/** The best value first, then the final figures in the order of their tags, test before the others. */
export function headlineFacts(run: RunRecord, metrics: RunDetail['metrics']): Fact[] {
  const facts: Fact[] = []
  if (run.best) {
    const epoch = run.stepsPerEpoch
      ? `, epoch ${formatValue(Math.round((run.best.step / run.stepsPerEpoch) * 100) / 100)}`
      : ''
    const title = `${run.best.value} at step ${formatCount(run.best.step)}${epoch}`
    facts.push({ name: `best ${run.best.tag}`, value: formatValue(run.best.value), title, isNumber: true })
  }
  const tags = Object.keys(metrics).sort(
    (a, b) => Number(!a.startsWith('test/')) - Number(!b.startsWith('test/')) || compare(a, b),
  )
  for (const tag of tags) facts.push(numberFact(tag, metrics[tag] ?? Number.NaN))
  return facts
}

export function timeFacts(run: RunRecord, nowSecs: number): Fact[] {
  const facts: Fact[] = [{ name: 'created', value: formatTime(run.createdAt) }]
  if (run.startedAt !== null) facts.push({ name: 'duration', value: formatDuration(durationOf(run, nowSecs)) })
  if (run.progress) {
    facts.push({ name: 'steps', value: formatCount(run.progress.step), isNumber: true })
    if (run.progress.msPerStep !== null) facts.push(numberFact('ms/step', run.progress.msPerStep))
  }
  return facts
}

export function hparamFacts(hparams: Hparams): Fact[] {
  return Object.entries(hparams).map(([name, value]) => ({
    name,
    value: typeof value === 'number' ? shortNumber(value) : String(value),
    title: String(value),
    isNumber: typeof value === 'number',
  }))
}

export function rowFacts(rows: NonNullable<RunDetail['rows']>): Fact[] {
  return (['train', 'validation', 'test'] as const).map((split) => ({
    name: split,
    value: formatCount(rows[split]),
    isNumber: true,
  }))
}

export function environmentFacts(environment: Environment): Fact[] {
  const { git } = environment
  const facts: (Fact | null)[] = [
    { name: 'backend', value: environment.backend ?? 'none' },
    given('why', environment.backendReason),
    given('device', environment.device),
    { name: 'CPU', value: `${environment.cpu}, ${environment.cpuCores} cores` },
    given('GPU', environment.gpu),
    { name: 'memory', value: formatBytes(environment.memoryBytes) },
    { name: 'OS', value: environment.os },
    { name: 'Minima', value: environment.minima },
    { name: 'Node', value: environment.node },
    given('TensorFlow.js', environment.tfjs),
    given('seed', environment.seed),
    { name: 'command', value: environment.commandLine },
    { name: 'folder', value: environment.workingDir },
    given(
      'git',
      git && `${git.commit.slice(0, 10)}${git.branch ? ` on ${git.branch}` : ''}${git.dirty ? ', with changes' : ''}`,
    ),
  ]
  return facts.filter((fact) => fact !== null)
}

function given(name: string, value: string | number | null): Fact | null {
  return value === null ? null : { name, value: String(value) }
}

function numberFact(name: string, value: number): Fact {
  return { name, value: formatValue(value), title: String(value), isNumber: true }
}

/** A setting is shown as it was given, unless it is a long fraction. */
function shortNumber(value: number): string {
  const text = String(value)
  return text.length > 10 ? formatValue(value) : text
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
