/** The training loop: epochs of steps, validation after each, a test at the end, and the ends a training can have. */
import { MinimaError } from '../../../contract/errors.ts'
import { isOnDisk } from '../data/dataset.ts'
import { hparamsOf } from '../experiment/hparams.ts'
import { createCallSize } from './call-size.ts'
import type { Callback, Logs } from './callbacks/callback.ts'
import { createCallbackList } from './callbacks/callback-list.ts'
import { createCallbacks } from './callbacks/create-callbacks.ts'
import { putModelState, rowsFault, takeModelState, type Checkpoint, type RowsKey } from './checkpoints/checkpoint.ts'
import { createCheckpointing } from './checkpoints/checkpointing.ts'
import { createEpochSums } from './epoch-sums.ts'
import { createBreath } from './breath.ts'
import { createFitReport, type ReportHooks } from './fit-report.ts'
import { createJudge } from './judge.ts'
import { createLastGoodWeights } from './last-good-weights.ts'
import type { PreparedTraining } from './prepare-training.ts'
import { createRowOrder } from './row-order.ts'
import type { StartMessage } from './trainer-protocol.ts'
import { createTrainingControl } from './training-control.ts'

export interface FitHooks extends ReportHooks {
  readonly stopAsked: () => boolean
  /** Lets messages through; also the place to wait when what was logged is not taken as fast as it comes. */
  readonly pause: () => Promise<void>
  readonly onStep?: StepHook
  /** Beside those that the experiment names, after them. */
  readonly callbacks?: readonly Callback[]
  /** Steps that a loop of the script's own has taken already; by default those of the epochs before the first. */
  readonly firstStep?: number
  /** Where to go on; without it training begins. */
  readonly resume?: Checkpoint | undefined
  /** Keeps checkpoints; without it none are taken. */
  readonly saveCheckpoint?: (checkpoint: Checkpoint) => Promise<void>
}

/** Somebody who wants to see, or change, the weights after each step: steps are then taken one at a time. */
export interface StepHook {
  /** Whether `after` changes weights. */
  readonly writes: boolean
  /** tfjs's variables hold the weights as they are after `step`. */
  after(step: number): void
}

export interface FitOutcome {
  readonly state: 'finished' | 'stopped'
  /** Final figures by tag: the last epoch's, and the test's. */
  readonly metrics: Record<string, number>
  /** Keras's History: by its names (`loss`, `val_loss`, ...), a number for each epoch. */
  readonly history: Record<string, number[]>
  /** What a person should know of how it went, one line each. */
  readonly notices: readonly string[]
}

const ONE_AT_A_TIME = 'Steps are taken one at a time, for somebody who looks at the weights after each'

/**
 * Trains as the experiment says; the model's weights are those of the last step when it returns.
 * @throws MinimaError `loss-not-finite`, with the model's weights set back to the last good ones; `bad-request` when the
 *   checkpoint to resume from is of another training.
 */
export async function fit(job: StartMessage, training: PreparedTraining, hooks: FitHooks): Promise<FitOutcome> {
  const { fit: spec } = job.experiment
  const { data, parts, steps, stepsPerEpoch } = training
  const report = createFitReport(job.experiment, training, hooks)
  const control = createTrainingControl(job.experiment, training, { ...hooks, dir: job.weightsDir })
  const callbacks = createCallbackList(
    [...createCallbacks(spec.callbacks, hparamsOf(job.experiment)), ...(hooks.callbacks ?? [])],
    control,
    control.settle,
  )
  control.step = hooks.firstStep ?? control.step
  const { batchSize, seed, shuffle } = spec
  const windows = isOnDisk(data.train.table) ? data.train.table.windows : null
  const rowsKey: RowsKey = {
    ...{ rows: data.train.rows, batchSize, seed, shuffle, stepsPerEpoch },
    ...(windows && { windowRows: windows.blockRows * windows.windowBlocks }),
  }
  const learningRate = JSON.stringify(spec.optimizer.learningRate)
  const order = createRowOrder({ ...rowsKey, windows })
  const sums = createEpochSums(training.metrics('training'))
  const history: Record<string, number[]> = {}
  const breathe = createBreath(hooks)
  const callSize = createCallSize(hooks.onStep ? 1 : steps.batchesPerCall)
  const judge = createJudge({ training, report, callbacks, control, breathe })
  let batch = 0

  if (hooks.resume) resume(hooks.resume)
  await callbacks.begin(hooks.resume?.callbacks ?? [])
  const lastGood = createLastGoodWeights(steps.snapshot(control.step))
  const checkpoints = createCheckpointing(spec.callbacks, control.step, hooks.saveCheckpoint ?? null)

  while (control.epoch < spec.epochs && control.stopReason === null) {
    if (batch === 0) {
      sums.reset()
      await callbacks.indexed('onEpochBegin', control.epoch, {})
    }
    while (batch < stepsPerEpoch && control.stopReason === null) {
      if (hooks.stopAsked()) {
        await checkpoints.last(control.step, checkpoint)
        await end()
        return outcome('stopped')
      }
      if (!(await takeSteps())) {
        await end()
        return outcome('finished')
      }
      if (batch < stepsPerEpoch) await checkpoints.after('steps', control.step, checkpoint)
    }
    await endEpoch()
    control.epoch++
    batch = 0
    const isLast = control.epoch >= spec.epochs || control.stopReason !== null
    await (isLast ? checkpoints.last(control.step, checkpoint) : checkpoints.after('epoch', control.step, checkpoint))
  }
  control.epoch = Math.max(0, control.epoch - 1)
  await end()
  if (spec.epochs === 0) await judge('validation')
  await judge('test')
  return outcome('finished')

  /** As many as a call takes. @returns whether training goes on: not after a loss that is not finite */
  async function takeSteps(): Promise<boolean> {
    const isLast = batch === stepsPerEpoch - 1
    const drawHistograms = isLast && report.histogramsDue(control.epoch)
    const first = control.epoch * stepsPerEpoch + batch
    const alone = callbacks.wantsBatch(control.step)
    const rowNumbers = order.take(first, alone ? 1 : batchesOfCall(first))
    const rows = Math.min(spec.batchSize, rowNumbers.length)
    if (alone) await callbacks.indexed('onTrainBatchBegin', batch, {})
    const startedAt = performance.now()
    const { losses, sums: added } = steps.train(rowNumbers, drawHistograms)
    const ms = performance.now() - startedAt
    const taken = losses.length
    if (!isLast && !alone) callSize.took(Math.ceil(rowNumbers.length / rows), ms)
    for (let index = 0; index < taken; index++) {
      const loss = losses[index] ?? NaN
      const ofMetrics = added.map((sum) => sum[index] ?? NaN)
      const values = sums.add(loss, ofMetrics, rows)
      control.step++
      report.stepped(control.step, loss, values, { ms: ms / taken, rows, secsAgo: secsAgo(index, taken, ms) })
      if (!Number.isFinite(loss)) {
        await lossNotFinite(loss)
        return false
      }
    }
    if (alone) await callbacks.indexed('onTrainBatchEnd', batch, sums.result())
    batch += taken
    if (hooks.onStep) showWeights(hooks.onStep, training, control.step)
    lastGood.afterStep(control.step, () => steps.snapshot(control.step))
    if (drawHistograms) report.histograms(control.step)
    report.progress('training', control.epoch, control.step)
    await breathe()
    return true
  }

  /** The last batch of an epoch or of a pass is taken alone: it may be shorter, and gradients are told of single batches. */
  function batchesOfCall(first: number): number {
    const { batchesPerPass } = order
    const leftOfPass = batchesPerPass - (first % batchesPerPass)
    const most = Math.min(callSize.batches, stepsPerEpoch - batch - 1, leftOfPass - 1)
    return Math.max(1, callbacks.batchesUntold(control.step, most))
  }

  /** @throws unless a callback ends the training on account of it */
  async function lossNotFinite(loss: number): Promise<void> {
    steps.restore(lastGood.good)
    await callbacks.lossNotFinite(control.step, loss)
    if (control.stopReason === null) throw notFinite(loss, control.step, control.epoch, lastGood.good.step)
  }

  async function endEpoch(): Promise<void> {
    const { epoch, step } = control
    const trained = sums.result()
    report.summed('epoch', step, trained)
    report.learningRate(step, parts.optimizer.learningRate)
    const validated = (epoch + 1) % spec.validationFreq === 0 ? await judge('validation') : {}
    const logs = { ...trained, ...prefixed('val_', validated), learning_rate: parts.optimizer.learningRate }
    for (const [name, value] of Object.entries(logs)) (history[name] ??= []).push(value)
    await callbacks.indexed('onEpochEnd', epoch, logs)
    report.progress('training', epoch, step, epoch === spec.epochs - 1)
  }

  function checkpoint(): Checkpoint {
    return {
      epoch: control.epoch,
      batch,
      step: control.step,
      rows: rowsKey,
      learningRate,
      ...takeModelState(training),
      sums: sums.state(),
      callbacks: callbacks.state(),
      history,
      final: report.final,
    }
  }

  function resume(kept: Checkpoint): void {
    const fault = rowsFault(kept.rows, rowsKey)
    if (fault !== null) throw new MinimaError('bad-request', `this run cannot be resumed so: ${fault}`)
    putModelState(training, kept)
    if (kept.learningRate !== learningRate && typeof spec.optimizer.learningRate === 'number') {
      parts.optimizer.setLearningRate(spec.optimizer.learningRate)
    }
    sums.resume(kept.sums)
    control.epoch = kept.epoch
    control.step = kept.step
    batch = kept.batch
    Object.assign(report.final, kept.final)
    for (const [name, values] of Object.entries(kept.history)) history[name] = [...values]
    control.notice(`Resumed after step ${kept.step}, in epoch ${kept.epoch + 1}`)
  }

  /** The model has its last weights; averages, if the optimizer keeps them, take their place, then what callbacks put there. */
  async function end(): Promise<void> {
    steps.pull()
    if (parts.optimizer.plan.averages) {
      parts.optimizer.finalize()
      steps.push()
    }
    await callbacks.whole('onTrainEnd', lastOf(history))
    steps.pull()
  }

  function outcome(state: FitOutcome['state']): FitOutcome {
    const notices = [...(hooks.onStep ? [ONE_AT_A_TIME] : []), ...control.notices]
    return { state, metrics: report.final, history, notices }
  }
}

function prefixed(prefix: string, figures: Logs): Logs {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}${name}`, value]))
}

function lastOf(history: Readonly<Record<string, readonly number[]>>): Logs {
  return Object.fromEntries(Object.entries(history).map(([name, values]) => [name, values.at(-1) ?? NaN]))
}

/** How long before the end of a call of `count` steps the step `index` ended. */
function secsAgo(index: number, count: number, ms: number): number {
  return ((count - 1 - index) / count) * (ms / 1000)
}

function showWeights({ after, writes }: StepHook, { steps }: PreparedTraining, step: number): void {
  steps.pull()
  after(step)
  if (writes) steps.push()
}

function notFinite(loss: number, step: number, epoch: number, goodStep: number): MinimaError {
  const kept = goodStep === 0 ? 'the weights it started with are kept' : `the weights of step ${goodStep} are kept`
  return new MinimaError(
    'loss-not-finite',
    `the loss became ${loss} at step ${step} (epoch ${epoch + 1}); ${kept}. A smaller learning rate, scaled features or a look at the data of that step usually mend it`,
    { step, epoch, goodStep },
  )
}
