/** A run of this program: collects what is logged and appends it to the run's journal ten times a second. */
import { cpus, homedir, release, totalmem, type as osType } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import type { Run, RunOptions } from '../../packages/minima-lab/index.d.ts'
import type { JournalEnd, JournalHead, JournalLine } from '../contract/journal.ts'
import type { LogRecord } from '../contract/log-record.ts'
import { histogramOf } from '../main/engine/training/histogram.ts'
import { createLogSender } from '../main/engine/training/log-sender.ts'
import { identityOfThisProcess } from '../main/process-identity.ts'
import { createJournal } from './journal-file.ts'
import { endWithProgram } from './program-end.ts'

declare const MINIMA_VERSION: string

/** Points in a line of the journal: some 200 kB. */
const LINE_POINTS = 5_000
const ID_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'

/** @throws TypeError, Error: as `createRun`. */
export function startRun(options: RunOptions): Run {
  const head = headOf(options)
  const workspace = resolve(options.workspace ?? process.env['MINIMA_WORKSPACE'] ?? join(homedir(), 'Minima'))
  const id = newRunId()
  const journal = createJournal(workspace, id, head)
  const warned = new Set<string>()
  let ended = false
  let lastStep = 0

  const warn = (about: string, message: string): void => {
    if (warned.has(about)) return
    warned.add(about)
    process.emitWarning(`run ${head.name}: ${message}`, 'MinimaWarning')
  }
  const write = (records: readonly LogRecord[]): void => {
    const failure = journal.append(records.flatMap(linesOf))
    if (failure !== null) warn('journal', failure)
  }
  const sender = createLogSender(write)

  /** The step to log at; null: not at all, and why was told. */
  const stepFor = (given: number | undefined, otherwise: number): number | null => {
    if (ended) {
      warn('ended', 'it has ended; what is logged from here on is left out')
      return null
    }
    const step = given ?? otherwise
    if (Number.isSafeInteger(step) && step >= 0) return step
    warn('step', `step ${String(given)} is no non-negative integer; what is logged with such steps is left out`)
    return null
  }

  const end = (state: JournalEnd['state'], error: JournalEnd['error'] = null): void => {
    if (ended) return
    ended = true
    sender.close()
    const failure = journal.close({ kind: 'end', state, error, at: Date.now() / 1000 })
    if (failure !== null) warn('journal', failure)
    forget()
  }
  const forget = endWithProgram({ flush: () => sender.flush(), end })

  return {
    id,
    workspace,
    log(values, step) {
      const at = stepFor(step, lastStep + 1)
      if (at === null) return
      lastStep = at
      const wallTime = Date.now() / 1000
      for (const tag in values) {
        const value: unknown = values[tag]
        if (typeof value === 'number' && tag !== '') sender.scalar(tag, at, value, wallTime)
        else
          warn(
            `value ${tag}`,
            `${tag === '' ? 'a tag is empty' : `${tag} is no number but ${typeof value}`}; it is left out`,
          )
      }
      // A loop that never waits would keep the timer from its turn.
      sender.flushIfDue()
    },
    logHistogram(tag, values, step) {
      const at = stepFor(step, lastStep)
      if (at === null) return
      if (typeof tag !== 'string' || tag === '' || typeof values?.length !== 'number') {
        return warn(`histogram ${tag}`, `histogram ${tag}: expected a tag and an array of numbers; it is left out`)
      }
      lastStep = Math.max(lastStep, at)
      sender.histogram(histogramOf(tag, at, Date.now() / 1000, values))
      sender.flushIfDue()
    },
    finish: () => end('finished'),
    fail: (error) => end('failed', errorOf(error)),
  }
}

function errorOf(error: unknown): NonNullable<JournalEnd['error']> {
  return error instanceof Error
    ? { message: error.message, stack: error.stack ?? null }
    : { message: String(error), stack: null }
}

function headOf({ name, experiment, hparams = {}, headline }: RunOptions): JournalHead {
  for (const [option, value] of Object.entries({ name, experiment, headline })) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new TypeError(`createRun: ${option} is to be a text that is not empty`)
    }
  }
  for (const [setting, value] of Object.entries(hparams)) {
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw new TypeError(`createRun: hparams.${setting} is to be a text, a number, true, false or null`)
    }
  }
  const script = process.argv[1]
  const program = script === undefined ? 'run' : basename(script, extname(script))
  return {
    kind: 'run',
    name: name ?? program,
    experiment: experiment ?? program,
    hparams: Object.fromEntries(Object.entries(hparams).map(([setting, value]) => [setting, storable(value)])),
    headline: headline ?? null,
    createdAt: Date.now() / 1000,
    environment: environment(),
    process: identityOfThisProcess(),
  }
}

/** A setting that is NaN or infinite has no place in JSON. */
function storable(value: string | number | boolean | null): string | number | boolean | null {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

function environment(): JournalHead['environment'] {
  const processors = cpus()
  return {
    minima: MINIMA_VERSION,
    node: process.version,
    tfjs: null,
    backend: null,
    backendReason: null,
    device: null,
    os: `${osType()} ${release()} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cpuCores: processors.length,
    memoryBytes: totalmem(),
    gpu: null,
    commandLine: process.argv.slice(1).join(' '),
    workingDir: process.cwd(),
    seed: null,
    git: null,
  }
}

/** JSON that holds NaN and infinities as texts. */
function linesOf(record: LogRecord): string[] {
  if (record.kind === 'histogram') {
    return [toLine({ ...record, edges: [...record.edges], counts: [...record.counts] })]
  }
  const { tag, steps, wallTimes, values } = record
  const lines: string[] = []
  for (let from = 0; from < steps.length; from += LINE_POINTS) {
    const part = (column: Float64Array): number[] => [...column.subarray(from, from + LINE_POINTS)]
    lines.push(
      toLine({
        kind: 'scalars',
        tag,
        steps: part(steps),
        wallTimes: part(wallTimes),
        values: part(values).map((value) => (Number.isFinite(value) ? value : nonFinite(value))),
      }),
    )
  }
  return lines
}

function nonFinite(value: number): 'NaN' | 'Infinity' | '-Infinity' {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

function toLine(line: JournalLine): string {
  return JSON.stringify(line)
}

/** As the engine's own: 8 characters of 32. */
function newRunId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(8))
  return [...bytes].map((byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('')
}
