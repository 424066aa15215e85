/** Shows a run in the terminal while it trains: a bar that moves, a line per epoch; without a terminal only the lines. */
import type { EngineConnection } from '../../client/connection.ts'
import type { Progress, RunDetail, RunRecord, SeriesSummary } from '../../contract/run.ts'
import { isLive, type RunId } from '../../contract/terms.ts'
import { formatDuration, formatNumber } from './format.ts'

const BAR_WIDTH = 24
const REFRESH_MS = 150

/** Resolves with the run as it ended; `run` is as it was when its data and model were known. */
export async function showRun(
  connection: EngineConnection,
  { runId: id, rows }: RunDetail,
  out: NodeJS.WriteStream,
): Promise<RunRecord> {
  let epochsShown = 0
  let run: RunRecord | null = null
  let settle: (run: RunRecord) => void = () => undefined
  const ended = new Promise<RunRecord>((done) => {
    settle = done
  })
  const off = connection.on('runChanged', (event) => {
    if (event.run.runId !== id) return
    run = event.run
    if (!isLive(run.state)) settle(run)
  })

  const refresh = async (): Promise<void> => {
    const series = (await connection.request('series.list', { runId: id })).sort(asKerasPrints)
    const epochs = await readEpochs(connection, id, series, rows?.validation !== 0)
    for (; epochsShown < epochs.length; epochsShown++) {
      clearLine(out)
      out.write(`${epochs[epochsShown]}\n`)
    }
    if (out.isTTY && run?.progress) {
      clearLine(out)
      out.write(barOf(run.progress, series, out.columns))
    }
  }

  const current = await connection.request('runs.get', { runId: id })
  run = current
  if (!isLive(current.state)) settle(current)
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    void refresh()
      .catch(() => undefined) // a lost connection ends the wait below
      .finally(() => (busy = false))
  }, REFRESH_MS)
  const last = await Promise.race([ended, connection.closed.then(() => run ?? current)])
  clearInterval(timer)
  off()
  await refresh().catch(() => undefined)
  clearLine(out)
  return last
}

function clearLine(out: NodeJS.WriteStream): void {
  if (out.isTTY) out.write('\r\u001b[2K')
}

function barOf(progress: Progress, series: readonly SeriesSummary[], columns: number): string {
  const { epoch, epochs, step, stepsPerEpoch, msPerStep, etaSecs, phase } = progress
  const inEpoch = step - epoch * stepsPerEpoch
  const filled = Math.round((BAR_WIDTH * Math.min(inEpoch, stepsPerEpoch)) / Math.max(1, stepsPerEpoch))
  const bar = '━'.repeat(filled) + '─'.repeat(BAR_WIDTH - filled)
  const parts = [
    `epoch ${epoch + 1}/${epochs} ${bar} ${Math.min(inEpoch, stepsPerEpoch)}/${stepsPerEpoch}`,
    ...(phase === 'training' ? [] : [phase]),
    ...(msPerStep === null ? [] : [`${msPerStep.toFixed(1)} ms/step`]),
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
  runId: RunId,
  series: readonly SeriesSummary[],
  validates: boolean,
): Promise<string[]> {
  const judged = series.filter(({ tag }) => /^(epoch|validation)\/(?!learning_rate)/.test(tag))
  const groups = new Set(judged.map(({ tag }) => tag.split('/')[0]))
  if (!groups.has('epoch') || (validates && !groups.has('validation'))) return []
  const count = Math.min(...judged.map((one) => one.count))
  const envelopes = await connection.readScalars({
    series: judged.map(({ tag }) => ({ runId, tag })),
    columns: 16_384,
  })
  return Array.from({ length: count }, (_, epoch) => {
    const figures = envelopes.map(({ tag, last }) => `${keras(tag)} ${formatNumber(last[epoch])}`)
    return `epoch ${epoch + 1}  ${figures.join('  ')}`
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
