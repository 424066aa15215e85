/** What callbacks see and do of a training: see `callbacks/callback.ts`. */
import { join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { TrainingControl } from './callbacks/callback.ts'
import type { LogSender } from './log-sender.ts'
import type { PreparedTraining } from './prepare-training.ts'
import { saveModel, saveWeights } from './weights.ts'

export interface ControlledTraining extends TrainingControl {
  epoch: number
  step: number
  /** Why a callback ended the training; null: none did. */
  readonly stopReason: string | null
  /** What callbacks said of the training, one line each. */
  readonly notices: readonly string[]
  /** Takes over what was written into the model, if somebody was given it since the last time. */
  settle(): void
}

export interface ControlOptions {
  readonly log: LogSender
  /** Seconds since the Unix epoch. */
  readonly now: () => number
  readonly dir: string
}

export function createTrainingControl(
  { fit: spec }: Experiment,
  training: PreparedTraining,
  { log, now, dir }: ControlOptions,
): ControlledTraining {
  const { steps, parts, stepsPerEpoch } = training
  const notices: string[] = []
  let stopReason: string | null = null
  let shown = false

  return {
    params: { epochs: spec.epochs, stepsPerEpoch, batchSize: spec.batchSize },
    epoch: spec.initialEpoch,
    step: spec.initialEpoch * stepsPerEpoch,
    dir,
    notices,
    get stopReason() {
      return stopReason
    },
    get learningRate() {
      return parts.optimizer.learningRate
    },
    setLearningRate(rate) {
      if (!(rate >= 0))
        throw new MinimaError('bad-request', `a learning rate of ${rate}: expected a number of 0 or more`)
      parts.optimizer.setLearningRate(rate)
    },
    stopTraining(reason) {
      if (stopReason === null) notices.push(reason)
      stopReason ??= reason
    },
    snapshot() {
      return steps.snapshot(this.step)
    },
    restore: (snapshot) => steps.restore(snapshot),
    model() {
      steps.pull()
      shown = true
      return parts.model
    },
    settle() {
      if (shown) steps.push()
      shown = false
    },
    async save(name, { weightsOnly = false } = {}) {
      steps.pull()
      const folder = join(dir, 'checkpoints')
      await (weightsOnly ? saveWeights : saveModel)(parts.tf, parts.model, folder, name)
      return join(folder, name)
    },
    log(tag, value) {
      log.scalar(tag, this.step, value, now())
    },
    notice: (line) => void notices.push(line),
  }
}
