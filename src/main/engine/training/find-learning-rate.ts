/** The learning-rate range test: a step with each rate, from a low one to a high one, until the loss blows up. */
import type { LrRange } from '../../../contract/requests.ts'
import { isOnDisk } from '../data/dataset.ts'
import { putModelState, takeModelState } from './checkpoints/checkpoint.ts'
import type { FitHooks } from './fit.ts'
import { hasBlownUp, ratesOf, short, smoothed, suggestRate } from './lr-range.ts'
import type { PreparedTraining } from './prepare-training.ts'
import { createRowOrder } from './row-order.ts'
import type { EndedMessage, StartMessage } from './trainer-protocol.ts'

export interface SweepOptions {
  /** Rows of the step `index`, counted from 0. */
  readonly rowsOf: (index: number) => Int32Array
  /** Awaited after each step. @returns whether to go on */
  readonly after: (losses: readonly number[]) => boolean | Promise<boolean>
}

/** A step with each rate in turn. @returns the loss of each batch before its update */
export async function sweepRates(
  { steps, parts }: Pick<PreparedTraining, 'steps' | 'parts'>,
  rates: ArrayLike<number>,
  { rowsOf, after }: SweepOptions,
): Promise<number[]> {
  const losses: number[] = []
  for (let index = 0; index < rates.length; index++) {
    parts.optimizer.setLearningRate(rates[index] ?? NaN)
    losses.push(steps.train(rowsOf(index), false).losses[0] ?? NaN)
    if (!(await after(losses))) break
  }
  return losses
}

/** What it found is in the metrics and notices; weights and optimizer are as they were when it returns. */
export async function findLearningRate(
  { experiment: { fit: spec } }: StartMessage,
  range: LrRange,
  training: PreparedTraining,
  hooks: Pick<FitHooks, 'log' | 'now' | 'progress' | 'pause' | 'stopAsked'>,
): Promise<Pick<EndedMessage, 'state' | 'metrics' | 'notices'>> {
  const { log, now } = hooks
  const rates = ratesOf(range)
  const { table, rows } = training.data.train
  const order = createRowOrder({ ...spec, rows, windows: isOnDisk(table) ? table.windows : null })
  const before = takeModelState(training)
  const tell = (step: number): void =>
    hooks.progress({
      phase: 'training',
      epoch: 0,
      epochs: 1,
      step,
      stepsPerEpoch: range.iterations,
      msPerStep: null,
      etaSecs: null,
    })
  const losses = await sweepRates(training, rates, {
    rowsOf: (index) => order.take(index, 1),
    async after(sofar) {
      const step = sofar.length
      log.scalar('lr_find/loss', step, sofar[step - 1] ?? NaN, now())
      log.scalar('lr_find/learning_rate', step, rates[step - 1] ?? NaN, now())
      log.flushIfDue()
      if (step % 10 === 0) {
        tell(step)
        await hooks.pause()
      }
      return !hooks.stopAsked() && !hasBlownUp(sofar)
    },
  })
  putModelState(training, before)
  const finite = losses.filter(Number.isFinite)
  for (const [index, loss] of smoothed(finite).entries()) log.scalar('lr_find/smoothed_loss', index + 1, loss, now())
  const stopped = hooks.stopAsked() && losses.length < rates.length
  const { rate, reason } = suggestRate(rates, losses, !stopped && losses.length < rates.length)
  return {
    state: stopped ? 'stopped' : 'finished',
    metrics: { ...(rate !== null && { 'lr_find/suggestion': rate }) },
    notices: [rate === null ? `No suggestion: ${reason}` : `Suggested learning rate ${short(rate)}: ${reason}`],
  }
}
