/** Shows a run in the terminal while it trains: a bar that moves, a line per epoch; without a terminal only the lines. */
import type { EngineConnection } from '../../client/connection.ts'
import type { Progress, RunRecord, SeriesSummary } from '../../contract/run.ts'
import { isLive } from '../../contract/terms.ts'
import { formatDuration, formatNumber } from './format.ts'

const BAR_WIDTH = 24
const REFRESH_MS = 150

/** Follows a run from its start, by what the engine tells and not by what it could store. */
export interface RunWatch {
  /** As it was told last. */
  readonly latest: RunRecord
  /** Resolves with the run as it ended, or as it was when the connection was lost. */
  readonly ended: Promise<RunRecord>
  /** What code of its script wrote since this was asked last. */
  printed(): string
}

export function watchRun(connection: EngineConnection, started: RunRecord): RunWatch {
  let latest = started
  let text = ''
  connection.on('runPrinted', (told) => {
    if (told.runId === started.runId) text += told.text
  })
  const ended = new Promise<RunRecord>((done) => {
    const take = (run: RunRecord): void => {
      latest = run
      if (!isLive(run.state)) done(run)
    }
    connection.on('runChanged', ({ run }) => {
      if (run.runId === started.runId) take(run)
    })
    // It may have ended before anybody listened.
    void connection.request('runs.get', { runId: started.runId }).then((run) => {
      if (!isLive(run.state)) take(run)
    }, ignore)
    void connection.closed.then(() => done(latest))
  })
  return {
    get latest() {
      return latest
    },
    ended,
    printed() {
      const given = text
      text = ''
      return given
    },
  }
}

/** A lost connection is told by `closed`. */
function ignore(): void {
  return undefined
}

/** Resolves with the run as it ended. */
export async function showRun(
  connection: EngineConnection,
  watch: RunWatch,
  validates: boolean,
  out: NodeJS.WriteStream,
): Promise<RunRecord> {
  const id = watch.latest.runId
  let epochsShown = 0

  const refresh = async (): Promise<void> => {
    const text = watch.printed()
    if (text !== '') {
      clearLine(out)
      out.write(text)
    }
    const series = (await connection.request('series.list', { runId: id })).sort(asKerasPrints)
    const epochs = await readEpochs(connection, watch.latest, series, validates)
    for (; epochsShown < epochs.length; epochsShown++) {
      clearLine(out)
      out.write(`${epochs[epochsShown]}\n`)
    }
    const { progress } = watch.latest
    if (out.isTTY && progress) {
      clearLine(out)
      out.write(barOf(progress, series, out.columns))
    }
  }

  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    void refresh()
      .catch(ignore)
      .finally(() => (busy = false))
  }, REFRESH_MS)
  const last = await watch.ended
  clearInterval(timer)
  await refresh().catch(ignore)
  clearLine(out)
  return last
}

function clearLine(out: NodeJS.WriteStream): void {
  if (out.isTTY) out.write('\r\u001b[2K')
}

function barOf(progress: Progress, series: readonly SeriesSummary[], columns: number): string {
  const { epoch, epochs, step, stepsPerEpoch, msPerStep, etaSecs, phase } = progress
  if (phase === 'preparing') return `preparing data  ${Math.round((100 * step) / Math.max(1, stepsPerEpoch))}%`
  const inEpoch = step - epoch * stepsPerEpoch
  const filled = Math.round((BAR_WIDTH * Math.min(inEpoch, stepsPerEpoch)) / Math.max(1, stepsPerEpoch))
  const bar = '━'.repeat(filled) + '─'.repeat(BAR_WIDTH - filled)
  const parts = [
    `epoch ${Math.min(epoch + 1, epochs)}/${epochs} ${bar} ${Math.min(inEpoch, stepsPerEpoch)}/${stepsPerEpoch}`,
    ...(phase === 'training' ? [] : [phase]),
    ...(msPerStep === null ? [] : [`${msPerStep.toFixed(msPerStep < 1 ? 2 : 1)} ms/step`]),
    ...(etaSecs === null ? [] : [`ETA ${formatDuration(etaSecs)}`]),
    ...series
      .filter(({ tag }) => tag.startsWith('train/') || tag.startsWith('validation/'))
      .map(({ tag, last }) => `${keras(tag)} ${formatNumber(last.value)}`),
  ]
  return parts.join('  ').slice(0, Math.max(20, (columns || 100) - 1))
}

/** One line per epoch that is over, its validation included. */
async function readEpochs(
  connection: EngineConnection,
  { runId, state, stepsPerEpoch }: RunRecord,
  series: readonly SeriesSummary[],
  validates: boolean,
): Promise<string[]> {
  const judged = series.filter(({ tag }) => /^(epoch|validation)\/(?!learning_rate)/.test(tag))
  const groups = new Set(judged.map(({ tag }) => tag.split('/')[0]))
  if (!groups.has('epoch') || (validates && !groups.has('validation'))) return []
  const envelopes = await connection.readScalars({
    series: judged.map(({ tag }) => ({ runId, tag })),
    columns: 16_384,
  })
  const [trained] = envelopes // of the training's own loss
  const lastJudged = Math.min(...judged.map(({ last }) => last.step))
  return [...(trained?.x ?? [])].flatMap((step, index, steps) => {
    // The figures of an epoch come one after the other; it is whole when all are there, or when the next has begun.
    if (isLive(state) && step > lastJudged && index === steps.length - 1) return []
    const figures = envelopes.flatMap(({ tag, x, last }) => {
      const at = x.indexOf(step)
      return at < 0 ? [] : [`${keras(tag)} ${formatNumber(last[at])}`]
    })
    return [`epoch ${stepsPerEpoch ? Math.ceil(step / stepsPerEpoch) : index + 1}  ${figures.join('  ')}`]
  })
}

/** Training before validation, the loss before the metrics. */
function asKerasPrints(a: SeriesSummary, b: SeriesSummary): number {
  const rank = ({ tag }: SeriesSummary): string =>
    `${tag.startsWith('validation/') ? 1 : 0}${tag.endsWith('/loss') ? 0 : 1}${tag}`
  return rank(a) < rank(b) ? -1 : 1
}

/** `validation/loss` is what Keras prints as `val_loss`. */
function keras(tag: string): string {
  return tag
    .replace(/^(train|epoch)\//, '')
    .replace(/^validation\//, 'val_')
    .replace(/^test\//, 'test_')
}
