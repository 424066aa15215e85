/**
 * `minima train FILE`, `minima train --resume RUN`: trains an experiment file, or the experiment that a script exports, and
 * shows how it goes.
 */
import { MinimaError } from '../../contract/errors.ts'
import type { RequestParams } from '../../contract/requests.ts'
import type { RunDetail, RunRecord } from '../../contract/run.ts'
import { isLive } from '../../contract/terms.ts'
import { isScript, parseOverrides, readExperimentFile } from './experiment-file.ts'
import { formatDuration, formatNumber, formatTable } from './format.ts'
import { pickRun } from './pick-run.ts'
import { showRun, watchRun, type RunWatch } from './run-progress.ts'
import { asTyped } from './program-name.ts'
import { openSession, type CommandContext, type Session } from './session.ts'

export interface TrainOptions {
  readonly workspace: string
  readonly name?: string
  /** Id or name of the run to go on with. */
  readonly resume?: string
  /** `path=value`, the value read as YAML would. */
  readonly set: readonly string[]
  /** Run the code that the run kept, even where its file is another now. */
  readonly runScript: boolean
}

/**
 * @param file null: that of the run which is resumed
 * @returns the exit status: 0 finished, 130 stopped, 1 else.
 */
export async function train(file: string | null, options: TrainOptions, context: CommandContext): Promise<number> {
  const experiment = file === null ? null : await readExperimentFile(file, options.set)
  const session = await openSession(options.workspace, context)
  try {
    const run = await begin(session, experiment, options)
    const ended = await follow(session, run)
    report({ ...(await session.connection.request('runs.get', { runId: run.runId })), ...ended })
    return statusOf(ended)
  } finally {
    await session.close()
  }
}

async function begin(
  { connection }: Session,
  experiment: RequestParams<'experiments.check'> | null,
  { resume, name, set, runScript }: TrainOptions,
): Promise<RunRecord> {
  if (resume !== undefined) {
    if (isScript(experiment?.path)) {
      throw new MinimaError('bad-request', 'a run of a script goes on with the script that it kept: leave the file out')
    }
    const { runId } = pickRun(await connection.request('runs.list', {}), resume)
    return connection.request('runs.resume', {
      runId,
      runScript,
      experiment,
      ...(experiment === null && { overrides: parseOverrides(set) }),
    })
  }
  if (experiment === null) {
    throw new MinimaError('bad-request', 'expected an experiment file to train, or --resume with a run to go on with')
  }
  const script = isScript(experiment.path)
  return connection.request('runs.start', { ...experiment, script, name: name ?? null, commandLine: commandLine() })
}

/** What was typed after the program's name. */
export function commandLine(): string {
  return process.argv.slice(2).join(' ')
}

/** 0 finished, 130 stopped, 1 else. */
export function statusOf({ state }: RunRecord): number {
  return state === 'finished' ? 0 : state === 'stopped' ? 130 : 1
}

/** Shows a run until it has ended; Ctrl-C stops it. */
export async function follow(session: Session, run: RunRecord): Promise<RunRecord> {
  const watch = watchRun(session.connection, run)
  const unlisten = stopOnInterrupt(session, run.runId)
  const rows = await announce(session, watch)
  const ended = await showRun(session.connection, watch, rows?.validation !== 0, process.stdout)
  unlisten()
  return ended
}

/** The first Ctrl-C stops the run and saves; the second leaves at once. */
function stopOnInterrupt(session: Session, runId: RunDetail['runId']): () => void {
  let asked = false
  const interrupt = (): void => {
    if (asked) process.exit(130)
    asked = true
    process.stderr.write('\nStopping after this step and saving; Ctrl-C again leaves at once.\n')
    void session.connection.request('runs.stop', { runId })
  }
  process.on('SIGINT', interrupt)
  return () => process.off('SIGINT', interrupt)
}

/** Waits until the trainer has its data and model, then says what will be trained on what. */
async function announce({ connection }: Session, watch: RunWatch): Promise<RunDetail['rows']> {
  const { runId, name } = watch.latest
  for (;;) {
    const { environment, model, rows } = await connection.request('runs.get', { runId })
    if (model && rows) {
      console.log(`${name} (run ${runId})`)
      console.log(formatModel(model))
      console.log(`rows: ${rows.train} train, ${rows.validation} validation, ${rows.test} test`)
      console.log(`backend: ${environment?.backend} (${environment?.device})`)
      console.log(`  why: ${asTyped(environment?.backendReason ?? '')}\n`)
      return rows
    }
    if (!isLive(watch.latest.state)) return rows
    await new Promise((done) => setTimeout(done, 50))
  }
}

function formatModel(model: NonNullable<RunDetail['model']>): string {
  const isGraph = model.layers.some((layer) => layer.connectedTo !== undefined)
  const rows = model.layers.map(({ name, type, outputShape, params, connectedTo = [] }) => [
    `${name} (${type})`,
    `(${['batch', ...outputShape].join(', ')})`,
    params.toLocaleString('en-US'),
    ...(isGraph ? [connectedTo.join(', ')] : []),
  ])
  const head = ['layer', 'output shape', 'params', ...(isGraph ? ['connected to'] : [])]
  const total = `parameters: ${model.params.toLocaleString('en-US')} (${model.trainableParams.toLocaleString('en-US')} trainable)`
  return `${formatTable(head, rows, [2])}\n${total}`
}

function report(run: RunDetail): void {
  const groups = ['epoch', 'validation', 'test']
  const rows = groups.flatMap((group) => {
    const of = Object.entries(run.metrics).filter(([tag]) => tag.startsWith(`${group}/`))
    return of.map(([tag, value]) => [
      group === 'epoch' ? 'train' : group,
      tag.slice(group.length + 1),
      formatNumber(value),
    ])
  })
  const others = Object.entries(run.metrics).filter(([tag]) => !groups.includes(tag.split('/')[0] ?? ''))
  rows.push(...others.map(([tag, value]) => ['', tag, formatNumber(value)]))
  if (rows.length > 0) console.log(`\n${formatTable(['rows', 'metric', 'last epoch'], rows, [2])}`)
  for (const notice of run.notices) console.log(notice)
  const took =
    run.startedAt !== null && run.endedAt !== null ? ` in ${formatDuration(run.endedAt - run.startedAt)}` : ''
  console.log(`\n${run.name}: ${run.state}${took}`)
  if (run.error) console.error(run.error.message)
  if (run.weightsDir) console.log(`weights: ${run.weightsDir}`)
}
