/** The training loop: epochs of steps, what is logged of them, validation, and the ends a training can have. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Progress } from '../../../contract/run.ts'
import { epochOrder, gatherBatch } from '../data/batches.ts'
import type { Split } from '../data/dataset.ts'
import { evaluate } from './evaluate.ts'
import { histogramOf } from './histogram.ts'
import { createLastGoodWeights } from './last-good-weights.ts'
import type { LogSender } from './log-sender.ts'
import type { PreparedTraining } from './prepare-training.ts'
import { createStepClock } from './step-clock.ts'
import type { StartMessage } from './trainer-protocol.ts'
import { restoreSnapshot, takeSnapshot } from './weights.ts'

export interface FitHooks {
  readonly log: LogSender
  readonly stopAsked: () => boolean
  readonly progress: (progress: Progress) => void
  /** Lets messages through; also the place to wait when what was logged is not taken as fast as it comes. */
  readonly pause: () => Promise<void>
  /** Seconds since the Unix epoch. */
  readonly now: () => number
}

export interface FitOutcome {
  readonly state: 'finished' | 'stopped'
  /** Final figures by tag: the last epoch's, and the test's. */
  readonly metrics: Record<string, number>
}

/** Lets messages through (a stop, a lost channel) at least this often. */
const YIELD_MS = 50
const PROGRESS_MS = 100
/** Epochs of a few milliseconds (XOR has four rows) would do little else than draw histograms: no more often than this. */
const HISTOGRAM_MS = 200

/**
 * Trains as the experiment says; the model's weights are those of the last step when it returns.
 * @throws MinimaError `loss-not-finite`, with the model's weights set back to the last good ones.
 */
export async function fit(job: StartMessage, training: PreparedTraining, hooks: FitHooks): Promise<FitOutcome> {
  const { fit: spec, log: logSpec } = job.experiment
  const { data, parts, stepsPerEpoch } = training
  const { tf, model } = parts
  const { log, now } = hooks
  const features = new Float32Array(spec.batchSize * data.train.featureWidth)
  const labels = new Float32Array(spec.batchSize * data.train.labelWidth)
  const metrics = training.metrics()
  const clock = createStepClock({ epochs: spec.epochs, stepsPerEpoch })
  const lastGood = createLastGoodWeights(takeSnapshot(model, 0))
  const final: Record<string, number> = {}
  let step = 0
  let yieldedAt = performance.now()
  let toldAt = 0
  let drawnAt = -Infinity

  const tell = (phase: Progress['phase'], epoch: number, force = false): void => {
    const at = performance.now()
    if (!force && at - toldAt < PROGRESS_MS) return
    toldAt = at
    hooks.progress({ phase, epoch, epochs: spec.epochs, step, stepsPerEpoch, ...clock.estimate(step) })
  }
  const breathe = async (): Promise<void> => {
    log.flushIfDue()
    if (performance.now() - yieldedAt < YIELD_MS) return
    await hooks.pause()
    yieldedAt = performance.now()
  }
  const record = (group: string, loss: number, values: ReadonlyMap<string, number>): void => {
    const at = now()
    for (const [name, value] of [['loss', loss] as const, ...values]) {
      log.scalar(`${group}/${name}`, step, value, at)
      final[`${group}/${name}`] = value
    }
  }
  const histogramsDue = (epoch: number): boolean => {
    const every = logSpec.histogramsEveryEpochs
    if (every === 0 || (epoch + 1) % every !== 0) return false
    const due = epoch === spec.epochs - 1 || performance.now() - drawnAt >= HISTOGRAM_MS
    if (due) drawnAt = performance.now()
    return due
  }
  const judge = async (group: 'validation' | 'test', split: Split, epoch: number): Promise<void> => {
    tell('evaluating', epoch, true)
    const startedAt = performance.now()
    const { loss, metrics: values } = await evaluate(parts, split, training.metrics(), breathe)
    clock.evaluated(performance.now() - startedAt)
    record(group, loss, values)
  }

  for (let epoch = 0; epoch < spec.epochs; epoch++) {
    const order = epochOrder(data.train.rows, spec.seed, epoch, spec.shuffle)
    for (const metric of metrics) metric.reset()
    let lossSum = 0
    for (let batch = 0; batch < stepsPerEpoch; batch++) {
      if (hooks.stopAsked()) return { state: 'stopped', metrics: final }
      const rowNumbers = order.subarray(batch * spec.batchSize, (batch + 1) * spec.batchSize)
      const rows = rowNumbers.length
      const lastOfEpoch = batch === stepsPerEpoch - 1
      const drawHistograms = lastOfEpoch && histogramsDue(epoch)
      const startedAt = performance.now()
      gatherBatch(data.train, rowNumbers, features, labels)
      const x = rows === spec.batchSize ? features : features.subarray(0, rows * data.train.featureWidth)
      const y = rows === spec.batchSize ? labels : labels.subarray(0, rows * data.train.labelWidth)
      const { loss, predictions } = training.step.run(x, y, rows, drawHistograms)
      step++
      clock.stepped(performance.now() - startedAt, rows)
      const at = now()
      const logNow = step % logSpec.everySteps === 0 || step === 1
      if (logNow) log.scalar('train/loss', step, loss, at)
      if (!Number.isFinite(loss)) {
        const { good } = lastGood
        restoreSnapshot(tf, model, good)
        throw lossNotFinite(loss, step, epoch, good.step)
      }
      for (const metric of metrics) {
        const value = metric.update(y, predictions, rows)
        if (logNow) log.scalar(`train/${metric.name}`, step, value, at)
      }
      lossSum += loss * rows
      lastGood.afterStep(step, () => takeSnapshot(model, step))
      if (drawHistograms) logHistograms(training, log, step, at)
      logSpeed(clock, log, step, at)
      tell('training', epoch)
      await breathe()
    }
    record('epoch', lossSum / data.train.rows, new Map(metrics.map((metric) => [metric.name, metric.result()])))
    log.scalar('epoch/learning_rate', step, spec.optimizer.learningRate, now())
    if (data.validation) await judge('validation', data.validation, epoch)
    tell('training', epoch, true)
  }
  if (data.test) await judge('test', data.test, spec.epochs - 1)
  return { state: 'finished', metrics: final }
}

function lossNotFinite(loss: number, step: number, epoch: number, goodStep: number): MinimaError {
  const kept = goodStep === 0 ? 'the weights it started with are kept' : `the weights of step ${goodStep} are kept`
  return new MinimaError(
    'loss-not-finite',
    `the loss became ${loss} at step ${step} (epoch ${epoch + 1}); ${kept}. A smaller learning rate, scaled features or a look at the data of that step usually mend it`,
    { step, epoch, goodStep },
  )
}

function logHistograms(training: PreparedTraining, log: LogSender, step: number, at: number): void {
  for (const { name, variable } of training.parts.forward.trainable) {
    log.histogram(histogramOf(`weights/${name}`, step, at, variable.dataSync() as Float32Array))
  }
  for (const [name, values] of training.step.readGradients()) {
    log.histogram(histogramOf(`gradients/${name}`, step, at, values))
  }
}

function logSpeed(clock: ReturnType<typeof createStepClock>, log: LogSender, step: number, at: number): void {
  const speed = clock.speedIfDue()
  if (!speed) return
  log.scalar('time/ms_per_step', step, speed.msPerStep, at)
  log.scalar('time/samples_per_second', step, speed.samplesPerSecond, at)
}
