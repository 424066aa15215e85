/** `minima lr-find FILE`: tries learning rates from a low one to a high one, and says which to train with. */
import type { LrRange } from '../../contract/requests.ts'
import type { RunId } from '../../contract/terms.ts'
import { isScript, readExperimentFile } from './experiment-file.ts'
import { formatNumber, formatTable } from './format.ts'
import { openSession, type CommandContext, type Session } from './session.ts'
import { commandLine, follow, statusOf } from './train.ts'

export interface LrFindOptions extends LrRange {
  readonly workspace: string
  readonly set: readonly string[]
}

const LINES = 12

/** @returns the exit status: 0 finished, 130 stopped, 1 else. */
export async function lrFind(file: string, options: LrFindOptions, context: CommandContext): Promise<number> {
  const { workspace, set, ...range } = options
  const experiment = await readExperimentFile(file, set)
  const session = await openSession(workspace, context)
  try {
    const { connection } = session
    const run = await connection.request('runs.findLearningRate', {
      ...experiment,
      script: isScript(experiment.path),
      range,
      commandLine: commandLine(),
    })
    const ended = await follow(session, run)
    const rows = await readRates(session, run.runId)
    if (rows.length > 0) console.log(formatTable(['learning rate', 'loss'], rows, [0, 1]))
    for (const notice of (await connection.request('runs.get', { runId: run.runId })).notices) console.log(notice)
    if (ended.error) console.error(ended.error.message)
    return statusOf(ended)
  } finally {
    await session.close()
  }
}

/** Some of the rates, evenly from the first to the last, with their smoothed losses. */
async function readRates({ connection }: Session, runId: RunId): Promise<string[][]> {
  const series = ['lr_find/learning_rate', 'lr_find/smoothed_loss'].map((tag) => ({ runId, tag }))
  const [rates, losses] = await connection.readScalars({ series, columns: 16_384 })
  const count = losses?.last.length ?? 0
  const lines = Math.min(LINES, count)
  return Array.from({ length: lines }, (_, line) => {
    const at = lines === 1 ? 0 : Math.round((line * (count - 1)) / (lines - 1))
    return [formatNumber(rates?.last[at]), formatNumber(losses?.last[at])]
  })
}
