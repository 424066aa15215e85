/** `minima inspect [RUN...]`: what the workspace holds of each run, for people and, with --json, for programs. */
import type { RunRecord, SeriesSummary } from '../../contract/run.ts'
import { formatNumber, formatTable } from './format.ts'
import { pickRun } from './pick-run.ts'
import { openSession, type CommandContext, type Session } from './session.ts'

export interface InspectOptions {
  readonly workspace: string
  readonly json: boolean
}

export async function inspect(
  names: readonly string[],
  options: InspectOptions,
  context: CommandContext,
): Promise<number> {
  const session = await openSession(options.workspace, context)
  try {
    const runs = pick(await session.connection.request('runs.list', {}), names)
    const inspected = await Promise.all(runs.map((run) => inspectRun(session, run)))
    if (options.json) console.log(JSON.stringify({ workspace: session.workspace, runs: inspected }, null, 2))
    else for (const run of inspected) console.log(describe(run))
    return 0
  } finally {
    await session.close()
  }
}

function pick(runs: readonly RunRecord[], names: readonly string[]): readonly RunRecord[] {
  if (names.length === 0) return runs
  return names.map((name) => pickRun(runs, name))
}

async function inspectRun({ connection }: Session, { runId }: RunRecord) {
  const [run, series, histograms] = await Promise.all([
    connection.request('runs.get', { runId }),
    connection.request('series.list', { runId }),
    connection.request('histograms.list', { runId }),
  ])
  return {
    runId,
    name: run.name,
    state: run.state,
    experiment: run.experiment,
    source: { kind: 'minima', path: run.sourcePath },
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    hparams: run.hparams,
    metrics: run.metrics,
    rows: run.rows,
    model: run.model,
    environment: run.environment,
    notices: run.notices,
    error: run.error,
    weightsDir: run.weightsDir,
    series: series.map(inspectSeries),
    histograms,
  }
}

function inspectSeries({ first, last, ...rest }: SeriesSummary) {
  return {
    ...rest,
    first: [first.step, first.wallTime, first.value],
    last: [last.step, last.wallTime, last.value],
  }
}

function describe(run: Awaited<ReturnType<typeof inspectRun>>): string {
  const rows = run.series.map((series) => [
    series.tag,
    String(series.count),
    String(series.last[0]),
    formatNumber(series.last[2]),
    formatNumber(series.min),
    formatNumber(series.max),
  ])
  const table = formatTable(['tag', 'points', 'last step', 'last', 'min', 'max'], rows, [1, 2, 3, 4, 5])
  const histograms = run.histograms.map(({ tag, count }) => `${tag} (${count})`).join(', ')
  return [
    `${run.name} (run ${run.runId}): ${run.state}${run.error ? `, ${run.error.message}` : ''}`,
    table,
    ...(histograms ? [`histograms: ${histograms}`] : []),
    '',
  ].join('\n')
}
