/**
 * What accompanies a training: an object with any of Keras's hooks. Steps are taken many in a call; a callback that
 * wants to be told of single batches has them taken one at a time.
 *
 *     const ratio: Callback = {
 *       name: 'ratio',
 *       onEpochEnd: (epoch, logs, training) => training.log('ratio', (logs.val_loss ?? NaN) / (logs.loss ?? NaN)),
 *     }
 */
import type { TrainableModel } from '../../models/trainable-model.ts'
import type { WeightSnapshot } from '../weights.ts'

/** Figures by Keras's names: `loss`, `accuracy`, `val_loss`, ... */
export type Logs = Readonly<Record<string, number>>

/** What a callback can see and do; Keras has it as `self.model` and `self.params`. */
export interface TrainingControl {
  readonly params: { readonly epochs: number; readonly stepsPerEpoch: number; readonly batchSize: number }
  /** Counted from 0. */
  readonly epoch: number
  /** Steps taken so far. */
  readonly step: number
  /** Of the next step. */
  readonly learningRate: number
  /** @throws MinimaError `bad-request` when the rate follows a schedule */
  setLearningRate(rate: number): void
  /** Training ends after this batch or epoch; the reason becomes a notice of the run. */
  stopTraining(reason: string): void
  /** A copy of the weights as they are. */
  snapshot(): WeightSnapshot
  restore(snapshot: WeightSnapshot): void
  /** The model with its weights as they are; what is written into it within a hook is taken over after the hook. */
  model(): TrainableModel
  /** Saves into `checkpoints/name` of the run's folder. @returns the folder */
  save(name: string, options?: { readonly weightsOnly?: boolean }): Promise<string>
  /** A point of the series `tag` at the current step. */
  log(tag: string, value: number): void
  /** A line that the run shows. */
  notice(line: string): void
  /** Folder of the run, where a callback may write files. */
  readonly dir: string
}

type Done = void | Promise<void>
type Hook = (logs: Logs, training: TrainingControl) => Done
/** `index`: of the epoch, or of the batch within its epoch; counted from 0, as in Keras. */
type IndexedHook = (index: number, logs: Logs, training: TrainingControl) => Done

export interface BatchHooks {
  onTrainBatchBegin?: IndexedHook
  /** `logs`: means over the epoch so far, as in Keras. */
  onTrainBatchEnd?: IndexedHook
}

export interface TestHooks {
  onTestBegin?: Hook
  onTestEnd?: Hook
  onTestBatchBegin?: IndexedHook
  onTestBatchEnd?: IndexedHook
}

export interface PredictHooks {
  onPredictBegin?: Hook
  onPredictEnd?: Hook
  onPredictBatchBegin?: IndexedHook
  onPredictBatchEnd?: IndexedHook
}

export interface Callback extends BatchHooks, TestHooks, PredictHooks {
  /** For messages and checkpoints. */
  readonly name: string
  onTrainBegin?: Hook
  onTrainEnd?: Hook
  onEpochBegin?: IndexedHook
  onEpochEnd?: IndexedHook
  /** In place of failing the run: the weights are the last good ones again. To be answered with `stopTraining`. */
  onLossNotFinite?(step: number, loss: number, training: TrainingControl): Done
  /** Whether the batch after `step` is to be told of; default: every one, if there is a hook for batches. */
  wantsBatch?(step: number): boolean
  /** What it remembers from epoch to epoch: kept in checkpoints, so that a training that is resumed goes on as it would have. */
  state?(): unknown
  /** Called in place of `onTrainBegin` with what `state` gave. */
  resume?(state: unknown): void
}
