/** What is told of a training while it goes on: points, histograms, speed and progress, each as often as it should be. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Progress } from '../../../contract/run.ts'
import { histogramOf } from './histogram.ts'
import type { LogSender } from './log-sender.ts'
import type { PreparedTraining } from './prepare-training.ts'
import { createStepClock } from './step-clock.ts'

export interface ReportHooks {
  readonly log: LogSender
  readonly progress: (progress: Progress) => void
  /** Seconds since the Unix epoch. */
  readonly now: () => number
}

export interface StepCost {
  /** From the gathering of its rows to its loss. */
  readonly ms: number
  readonly rows: number
  /** How long ago it ended, where several were taken in a call. */
  readonly secsAgo: number
}

export interface FitReport {
  /** Before a step that ends an epoch: whether its histograms are to be drawn. Says yes once per drawing. */
  histogramsDue(epoch: number): boolean
  stepped(step: number, loss: number, metrics: readonly number[], cost: StepCost): void
  histograms(step: number): void
  /** Means over an epoch, a validation or a test, by name, as `group/loss`, `group/accuracy`, ... */
  summed(group: 'epoch' | 'validation' | 'test', step: number, figures: Readonly<Record<string, number>>): void
  learningRate(step: number, rate: number): void
  evaluated(ms: number): void
  /** Tells where the training stands; without `force` ten times a second at most. */
  progress(phase: Progress['phase'], epoch: number, step: number, force?: boolean): void
  /** The last of all that was summed, by tag. */
  readonly final: Record<string, number>
}

const PROGRESS_MS = 100
/** Epochs of a few milliseconds (XOR has four rows) would do little else than draw histograms: no more often than this. */
const HISTOGRAM_MS = 1000

export function createFitReport(experiment: Experiment, training: PreparedTraining, hooks: ReportHooks): FitReport {
  const { fit: spec, log: logSpec } = experiment
  const { log, now } = hooks
  const plan = { epochs: spec.epochs, stepsPerEpoch: training.stepsPerEpoch }
  const clock = createStepClock(plan)
  const metricTags = training.metrics('training').flatMap(({ names }) => names.map((name) => `train/${name}`))
  const final: Record<string, number> = {}
  let toldAt = -Infinity
  let drawnAt = -Infinity

  return {
    final,
    histogramsDue(epoch) {
      const every = logSpec.histogramsEveryEpochs
      if (every === 0 || (epoch + 1) % every !== 0) return false
      const due = epoch === spec.epochs - 1 || performance.now() - drawnAt >= HISTOGRAM_MS
      if (due) drawnAt = performance.now()
      return due
    },
    stepped(step, loss, metrics, { ms, rows, secsAgo }) {
      clock.stepped(ms, rows)
      const at = now() - secsAgo
      if (step % logSpec.everySteps === 0 || step === 1 || !Number.isFinite(loss)) {
        log.scalar('train/loss', step, loss, at)
        for (const [index, tag] of metricTags.entries()) log.scalar(tag, step, metrics[index] ?? NaN, at)
      }
      const speed = clock.speedIfDue()
      if (!speed) return
      log.scalar('time/ms_per_step', step, speed.msPerStep, at)
      log.scalar('time/samples_per_second', step, speed.samplesPerSecond, at)
    },
    histograms(step) {
      const at = now()
      for (const [name, values] of training.steps.readWeights()) {
        log.histogram(histogramOf(`weights/${name}`, step, at, values))
      }
      for (const [name, values] of training.steps.readGradients()) {
        log.histogram(histogramOf(`gradients/${name}`, step, at, values))
      }
    },
    summed(group, step, figures) {
      const at = now()
      for (const [name, value] of Object.entries(figures)) {
        log.scalar(`${group}/${name}`, step, value, at)
        final[`${group}/${name}`] = value
      }
    },
    learningRate: (step, rate) => log.scalar('epoch/learning_rate', step, rate, now()),
    evaluated: (ms) => clock.evaluated(ms),
    progress(phase, epoch, step, force = false) {
      const at = performance.now()
      if (!force && at - toldAt < PROGRESS_MS) return
      toldAt = at
      hooks.progress({ phase, epoch, step, ...plan, ...clock.estimate(step) })
    },
  }
}
