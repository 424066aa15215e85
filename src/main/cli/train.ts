/** `minima train FILE`: trains an experiment file, or the experiment that a script exports, and shows how it goes. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { MinimaError } from '../../contract/errors.ts'
import type { RunDetail } from '../../contract/run.ts'
import { isLive } from '../../contract/terms.ts'
import { formatDuration, formatNumber, formatTable } from './format.ts'
import { showRun, watchRun, type RunWatch } from './run-progress.ts'
import { asTyped } from './program-name.ts'
import { openSession, type CommandContext, type Session } from './session.ts'

export interface TrainOptions {
  readonly workspace: string
  readonly name?: string
  /** `path=value`, the value read as YAML would. */
  readonly set: readonly string[]
}

const SCRIPT = /\.[cm]?[jt]s$/

/** @returns the exit status: 0 finished, 130 stopped, 1 else. */
export async function train(file: string, options: TrainOptions, context: CommandContext): Promise<number> {
  const path = resolve(file)
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new MinimaError('not-found', `the experiment file cannot be read (${error.message})`)
  })
  const session = await openSession(options.workspace, context)
  try {
    const { connection } = session
    const run = await connection.request('runs.start', {
      text,
      path,
      baseDir: dirname(path),
      overrides: Object.fromEntries(options.set.map(parseOverride)),
      name: options.name ?? null,
      script: SCRIPT.test(path),
      commandLine: process.argv.slice(2).join(' '),
    })
    const watch = watchRun(connection, run)
    const unlisten = stopOnInterrupt(session, run.runId)
    const rows = await announce(session, watch)
    const ended = await showRun(connection, watch, rows?.validation !== 0, process.stdout)
    unlisten()
    report({ ...(await connection.request('runs.get', { runId: run.runId })), ...ended })
    return ended.state === 'finished' ? 0 : ended.state === 'stopped' ? 130 : 1
  } finally {
    await session.close()
  }
}

function parseOverride(given: string): [string, unknown] {
  const at = given.indexOf('=')
  if (at < 1) throw new MinimaError('bad-request', `--set ${given}: expected PATH=VALUE, such as fit.epochs=3`)
  const value = given.slice(at + 1)
  return [given.slice(0, at), parseScalar(value)]
}

function parseScalar(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
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
  const rows = model.layers.map(({ name, type, outputShape, params }) => [
    `${name} (${type})`,
    `(${['batch', ...outputShape].join(', ')})`,
    params.toLocaleString('en-US'),
  ])
  const total = `parameters: ${model.params.toLocaleString('en-US')} (${model.trainableParams.toLocaleString('en-US')} trainable)`
  return `${formatTable(['layer', 'output shape', 'params'], rows, [2])}\n${total}`
}

function report(run: RunDetail): void {
  const rows = ['epoch', 'validation', 'test'].flatMap((group) => {
    const of = Object.entries(run.metrics).filter(([tag]) => tag.startsWith(`${group}/`))
    return of.map(([tag, value]) => [
      group === 'epoch' ? 'train' : group,
      tag.slice(group.length + 1),
      formatNumber(value),
    ])
  })
  if (rows.length > 0) console.log(`\n${formatTable(['rows', 'metric', 'last epoch'], rows, [2])}`)
  for (const notice of run.notices) console.log(notice)
  const took =
    run.startedAt !== null && run.endedAt !== null ? ` in ${formatDuration(run.endedAt - run.startedAt)}` : ''
  console.log(`\n${run.name}: ${run.state}${took}`)
  if (run.error) console.error(run.error.message)
  if (run.weightsDir) console.log(`weights: ${run.weightsDir}`)
}
