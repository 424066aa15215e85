/** The training loop: epochs of steps, validation after each, a test at the end, and the ends a training can have. */
import { MinimaError } from '../../../contract/errors.ts'
import { epochOrder } from '../data/batches.ts'
import type { MetricAccumulator } from '../models/metrics.ts'
import { createCallSize } from './call-size.ts'
import { evaluate } from './evaluate.ts'
import { createFitReport, type ReportHooks } from './fit-report.ts'
import { createLastGoodWeights } from './last-good-weights.ts'
import type { PreparedTraining } from './prepare-training.ts'
import type { EvaluatedPart } from './steps.ts'
import type { StartMessage } from './trainer-protocol.ts'

export interface FitHooks extends ReportHooks {
  readonly stopAsked: () => boolean
  /** Lets messages through; also the place to wait when what was logged is not taken as fast as it comes. */
  readonly pause: () => Promise<void>
  readonly onStep?: StepHook
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
  /** What a person should know of how it went, one line each. */
  readonly notices: readonly string[]
}

const ONE_AT_A_TIME = 'Steps are taken one at a time, for somebody who looks at the weights after each'

/** Lets messages through (a stop, a lost channel) at least this often. */
const YIELD_MS = 50

/**
 * Trains as the experiment says; the model's weights are those of the last step when it returns.
 * @throws MinimaError `loss-not-finite`, with the model's weights set back to the last good ones.
 */
export async function fit(job: StartMessage, training: PreparedTraining, hooks: FitHooks): Promise<FitOutcome> {
  const { fit: spec } = job.experiment
  const { data, parts, steps, stepsPerEpoch } = training
  const report = createFitReport(job.experiment, training, hooks)
  const lastGood = createLastGoodWeights(steps.snapshot(0))
  const metrics = training.metrics('training')
  const callSize = createCallSize(hooks.onStep ? 1 : steps.batchesPerCall)
  const breathe = createBreath(hooks)
  const notices = hooks.onStep ? [ONE_AT_A_TIME] : []
  let step = 0

  const judge = async (part: EvaluatedPart, epoch: number): Promise<void> => {
    const rows = data[part]?.rows ?? 0
    if (rows === 0) return
    const startedAt = performance.now()
    const pause = (): Promise<void> => {
      report.progress('evaluating', epoch, step)
      return breathe()
    }
    const { loss, metrics: values } = await evaluate(steps, part, rows, training.metrics('evaluation'), pause)
    report.evaluated(performance.now() - startedAt)
    report.summed(part, step, loss, values)
  }

  for (let epoch = 0; epoch < spec.epochs; epoch++) {
    const order = epochOrder(data.train.rows, spec.seed, epoch, spec.shuffle)
    for (const metric of metrics) metric.reset()
    let lossSum = 0
    for (let batch = 0; batch < stepsPerEpoch;) {
      if (hooks.stopAsked()) {
        finish(training)
        return { state: 'stopped', metrics: report.final, notices }
      }
      const isLast = batch === stepsPerEpoch - 1
      const drawHistograms = isLast && report.histogramsDue(epoch)
      // The last batch of an epoch is taken alone: it may be shorter, and gradients are told of single batches only.
      const taken = isLast ? 1 : Math.min(callSize.batches, stepsPerEpoch - 1 - batch)
      const rowNumbers = order.subarray(batch * spec.batchSize, (batch + taken) * spec.batchSize)
      const rows = Math.min(spec.batchSize, rowNumbers.length)
      const startedAt = performance.now()
      const { losses, sums } = steps.train(rowNumbers, drawHistograms)
      const ms = performance.now() - startedAt
      if (!isLast) callSize.took(taken, ms)
      for (let index = 0; index < losses.length; index++) {
        const loss = losses[index] ?? NaN
        const values = metrics.map((metric, at) => metric.update(sums[at]?.[index] ?? NaN, rows))
        step++
        report.stepped(step, loss, values, { ms: ms / losses.length, rows, secsAgo: secsAgo(index, losses.length, ms) })
        if (!Number.isFinite(loss)) {
          steps.restore(lastGood.good)
          throw lossNotFinite(loss, step, epoch, lastGood.good.step)
        }
        lossSum += loss * rows
      }
      batch += taken
      if (hooks.onStep) showWeights(hooks.onStep, training, step)
      lastGood.afterStep(step, () => steps.snapshot(step))
      if (drawHistograms) report.histograms(step)
      report.progress('training', epoch, step)
      await breathe()
    }
    report.summed('epoch', step, lossSum / data.train.rows, resultsOf(metrics))
    report.learningRate(step, parts.optimizer.learningRate)
    await judge('validation', epoch)
    report.progress('training', epoch, step, epoch === spec.epochs - 1)
  }
  finish(training)
  await judge('test', spec.epochs - 1)
  return { state: 'finished', metrics: report.final, notices }
}

/** The model has its last weights; averages, if the optimizer keeps them, take their place. */
function finish({ steps, parts: { optimizer } }: PreparedTraining): void {
  steps.pull()
  if (!optimizer.plan.averages) return
  optimizer.finalize()
  steps.push()
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

/** To be awaited between calls: sends what was logged, and gives the event loop its turn now and then. */
function createBreath({ log, pause }: FitHooks): () => Promise<void> {
  let yieldedAt = performance.now()
  return async () => {
    log.flushIfDue()
    if (performance.now() - yieldedAt < YIELD_MS) return
    await pause()
    yieldedAt = performance.now()
  }
}

function resultsOf(metrics: readonly MetricAccumulator[]): ReadonlyMap<string, number> {
  return new Map(metrics.map((metric) => [metric.name, metric.result()]))
}

function lossNotFinite(loss: number, step: number, epoch: number, goodStep: number): MinimaError {
  const kept = goodStep === 0 ? 'the weights it started with are kept' : `the weights of step ${goodStep} are kept`
  return new MinimaError(
    'loss-not-finite',
    `the loss became ${loss} at step ${step} (epoch ${epoch + 1}); ${kept}. A smaller learning rate, scaled features or a look at the data of that step usually mend it`,
    { step, epoch, goodStep },
  )
}
