/** The training loop: epochs of steps, validation after each, a test at the end, and the ends a training can have. */
import { MinimaError } from '../../../contract/errors.ts'
import { epochOrder, gatherBatch } from '../data/batches.ts'
import type { Split } from '../data/dataset.ts'
import type { MetricAccumulator } from '../models/metrics.ts'
import { evaluate } from './evaluate.ts'
import { createFitReport, type ReportHooks } from './fit-report.ts'
import { createLastGoodWeights } from './last-good-weights.ts'
import type { PreparedTraining } from './prepare-training.ts'
import type { StartMessage } from './trainer-protocol.ts'
import { restoreSnapshot, takeSnapshot } from './weights.ts'

export interface FitHooks extends ReportHooks {
  readonly stopAsked: () => boolean
  /** Lets messages through; also the place to wait when what was logged is not taken as fast as it comes. */
  readonly pause: () => Promise<void>
}

export interface FitOutcome {
  readonly state: 'finished' | 'stopped'
  /** Final figures by tag: the last epoch's, and the test's. */
  readonly metrics: Record<string, number>
}

/** Lets messages through (a stop, a lost channel) at least this often. */
const YIELD_MS = 50

/**
 * Trains as the experiment says; the model's weights are those of the last step when it returns.
 * @throws MinimaError `loss-not-finite`, with the model's weights set back to the last good ones.
 */
export async function fit(job: StartMessage, training: PreparedTraining, hooks: FitHooks): Promise<FitOutcome> {
  const { fit: spec } = job.experiment
  const { data, parts, stepsPerEpoch } = training
  const report = createFitReport(job.experiment, training, hooks)
  const lastGood = createLastGoodWeights(takeSnapshot(parts.model, 0))
  const metrics = training.metrics()
  const takeBatch = createBatchTaker(data.train, spec.batchSize)
  const breathe = createBreath(hooks)
  let step = 0

  const judge = async (group: 'validation' | 'test', split: Split, epoch: number): Promise<void> => {
    report.progress('evaluating', epoch, step, true)
    const startedAt = performance.now()
    const { loss, metrics: values } = await evaluate(parts, split, training.metrics(), breathe)
    report.evaluated(performance.now() - startedAt)
    report.summed(group, step, loss, values)
  }

  for (let epoch = 0; epoch < spec.epochs; epoch++) {
    const order = epochOrder(data.train.rows, spec.seed, epoch, spec.shuffle)
    for (const metric of metrics) metric.reset()
    let lossSum = 0
    for (let batch = 0; batch < stepsPerEpoch; batch++) {
      if (hooks.stopAsked()) return { state: 'stopped', metrics: report.final }
      const drawHistograms = batch === stepsPerEpoch - 1 && report.histogramsDue(epoch)
      const startedAt = performance.now()
      const { features, labels, rows } = takeBatch(order, batch)
      const { loss, predictions } = training.step.run(features, labels, rows, drawHistograms)
      const values = new Map(metrics.map((metric) => [metric.name, metric.update(labels, predictions, rows)]))
      step++
      report.stepped(step, loss, values, { ms: performance.now() - startedAt, rows })
      if (!Number.isFinite(loss)) {
        restoreSnapshot(parts.tf, parts.model, lastGood.good)
        throw lossNotFinite(loss, step, epoch, lastGood.good.step)
      }
      lossSum += loss * rows
      lastGood.afterStep(step, () => takeSnapshot(parts.model, step))
      if (drawHistograms) report.histograms(step)
      report.progress('training', epoch, step)
      await breathe()
    }
    report.summed('epoch', step, lossSum / data.train.rows, resultsOf(metrics))
    report.learningRate(step, parts.optimizer.learningRate)
    if (data.validation) await judge('validation', data.validation, epoch)
    report.progress('training', epoch, step, true)
  }
  if (data.test) await judge('test', data.test, spec.epochs - 1)
  return { state: 'finished', metrics: report.final }
}

interface Batch {
  readonly features: Float32Array
  readonly labels: Float32Array
  readonly rows: number
}

/** Gathers batch after batch into the same two arrays; the last of an epoch may be shorter. */
function createBatchTaker(split: Split, batchSize: number): (order: Int32Array, batch: number) => Batch {
  const features = new Float32Array(batchSize * split.featureWidth)
  const labels = new Float32Array(batchSize * split.labelWidth)
  return (order, batch) => {
    const rowNumbers = order.subarray(batch * batchSize, (batch + 1) * batchSize)
    const rows = rowNumbers.length
    gatherBatch(split, rowNumbers, features, labels)
    return {
      features: features.subarray(0, rows * split.featureWidth),
      labels: labels.subarray(0, rows * split.labelWidth),
      rows,
    }
  }
}

/** To be awaited between steps: sends what was logged, and gives the event loop its turn now and then. */
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
