/** What scripts of `minima train` have beside the experiment: models, callbacks and loops of their own. */
import type { ExperimentInput } from './dist/experiment.js'
import type { Scalar, Tensor, Variable } from './tensor.js'

export type { Scalar, Tensor, Variable }

/** What `build(hp)` and `fit(hp, model, training)` are given: `hparams` of the experiment, as `--set hparams.units=3` sets them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- their types are the script's own affair
export type Hparams = Readonly<Record<string, any>>

type LayerEntry = ExperimentInput['model']['layers'][number]
type LayerType = Exclude<LayerEntry['type'], 'shared'>
type LayerSettings<T extends LayerType> = Omit<Extract<LayerEntry, { readonly type: T }>, 'type' | 'from'>

/** An experiment in a script. `model` may be left to `build(hp)`, or say no more than the inputs, and what outputs are to tell. */
export type ScriptExperiment = Omit<ExperimentInput, 'model'> & { readonly model?: Partial<ExperimentInput['model']> }

/** A layer: a function from tensors to a tensor, [rows, …]. It is built, and its weights are drawn, at its first call. */
export interface Layer {
  (inputs: Tensor | readonly Tensor[]): Tensor
  /** false: its weights stay as they are. To be set before the training begins. */
  trainable: boolean
  /** Copies; empty before the first call. */
  getWeights(): Tensor[]
  setWeights(weights: Tensor[]): void
}

/** Layers by their type in an experiment file, with Keras's defaults: `layers.dense({ units: 30, activation: 'relu' })`. */
export declare const layers: {
  readonly [T in LayerType]: Record<never, never> extends LayerSettings<T>
    ? (settings?: LayerSettings<T>) => Layer
    : (settings: LayerSettings<T>) => Layer
}

/** Of a model with several inputs by their names. */
export type ModelInputs = Tensor | Readonly<Record<string, Tensor>>
/** Several outputs in a list, or by their names. */
export type ModelOutputs = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>

/**
 * A model of your own, as Keras's subclassed models are. Layers (and tf.variable) are kept in fields, so that their weights
 * are found; lists, maps, objects and models in fields are looked through.
 */
export declare abstract class Model {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a tensor, or tensors by the names of the inputs
  abstract call(inputs: any, options: { readonly training: boolean }): ModelOutputs
  /** Calls a model within another. */
  apply(inputs: ModelInputs): ModelOutputs
}

/** Figures by Keras's names: `loss`, `accuracy`, `val_loss`, … */
export type Logs = Readonly<Record<string, number>>

/** What callbacks can see and do. */
export interface CallbackTraining {
  readonly params: { readonly epochs: number; readonly stepsPerEpoch: number; readonly batchSize: number }
  /** Counted from 0. */
  readonly epoch: number
  /** Steps taken so far. */
  readonly step: number
  /** Of the next step. */
  readonly learningRate: number
  /** @throws when the rate follows a schedule */
  setLearningRate(rate: number): void
  /** Training ends after this batch or epoch; the reason becomes a notice of the run. */
  stopTraining(reason: string): void
  /** The model's weights as they are; what is written into it within a hook is taken over after the hook. */
  model(): { getWeights(): Tensor[]; setWeights(weights: Tensor[]): void }
  /** Saves into `checkpoints/name` of the run's folder. @returns the folder */
  save(name: string, options?: { readonly weightsOnly?: boolean }): Promise<string>
  /** A point of the series `tag` at the current step. */
  log(tag: string, value: number): void
  /** A line that the run shows. */
  notice(line: string): void
  /** Folder of the run. */
  readonly dir: string
}

type Hook = (logs: Logs, training: CallbackTraining) => void | Promise<void>
type IndexedHook = (index: number, logs: Logs, training: CallbackTraining) => void | Promise<void>

/** Any of Keras's hooks. `index` is that of the epoch, or of the batch within its epoch, counted from 0. */
export interface Callback {
  readonly name?: string
  onTrainBegin?: Hook
  onTrainEnd?: Hook
  onEpochBegin?: IndexedHook
  onEpochEnd?: IndexedHook
  /** With a hook for batches, steps are taken one at a time. */
  onTrainBatchBegin?: IndexedHook
  onTrainBatchEnd?: IndexedHook
  onTestBegin?: Hook
  onTestEnd?: Hook
  onTestBatchBegin?: IndexedHook
  onTestBatchEnd?: IndexedHook
  onPredictBegin?: Hook
  onPredictEnd?: Hook
  onPredictBatchBegin?: IndexedHook
  onPredictBatchEnd?: IndexedHook
  /** What it remembers, kept in checkpoints, and given to `resume` in place of `onTrainBegin`. */
  state?(): unknown
  resume?(state: unknown): void
}

/** Its tensors live until the next batch is asked for. */
export interface Batch {
  /** float32 [rows, …features] */
  readonly features: Tensor
  /** float32 [rows, labels] */
  readonly labels: Tensor
  /** float32 [rows]; null: all rows count alike. */
  readonly weights: Tensor | null
}

/** What a loop of your own is given: `export async function fit(hp, model, training)`. */
export interface Training {
  readonly params: { readonly epochs: number; readonly batchSize: number; readonly stepsPerEpoch: number }
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number }
  /** Counted from 0. */
  readonly epoch: number
  /** Optimizer steps so far. */
  readonly step: number
  /** Somebody stops the run; `epochs` and `batches` end then. */
  readonly stopAsked: boolean
  learningRate: number
  /** Variables that are trained. */
  readonly variables: Variable[]
  /** Keras's loop as the experiment says, with callbacks beside those of the script. @returns Keras's History */
  fit(callbacks?: readonly Callback[]): Promise<Record<string, number[]>>
  /** The epochs of the experiment, counted from 0. */
  epochs(): AsyncGenerator<number>
  /** Of training rows in the order of the present epoch, of others in theirs. */
  batches(part?: 'train' | 'validation' | 'test'): AsyncGenerator<Batch>
  /** A step: Keras's train_on_batch. Loss and metrics of the batch are logged. */
  trainOnBatch(batch: Batch): Logs
  testOnBatch(batch: Batch): Logs
  /** @param features [rows, …] @returns [rows, all numbers of the outputs] */
  predictOnBatch(features: Tensor): Tensor
  /** The loss of a batch, penalties included: `tf.variableGrads(() => training.loss(batch), training.variables)`. */
  loss(batch: Batch): Scalar
  /** A step of the optimizer with gradients by the names of the variables. */
  applyGradients(gradients: Readonly<Record<string, Tensor>>): void
  /** Loss and metrics of a whole part, which are logged. */
  evaluate(part?: 'validation' | 'test'): Promise<Logs>
  /** Points at `step`, by default the present one. */
  log(values: Logs, step?: number): void
}
