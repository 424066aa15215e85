/** All that a training is at one moment, from which it goes on bit for bit as though it had never been interrupted. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { StateEntry } from '../../models/optimizers/optimizer.ts'
import type { CallbackState } from '../callbacks/callback-list.ts'
import type { EpochSumsState } from '../epoch-sums.ts'
import type { PreparedTraining } from '../prepare-training.ts'

/** Where a training stands. */
export interface Position {
  /** The epoch it is in, or that comes next; counted from 0. */
  readonly epoch: number
  /** Batches of that epoch that are behind it. */
  readonly batch: number
  /** Steps taken. */
  readonly step: number
}

export interface Checkpoint extends Position {
  /** Order of rows and size of batches follow from these: they must be the same when training goes on. */
  readonly rows: RowsKey
  /** What the file says of the learning rate: one that is changed there takes the place of what the optimizer had. */
  readonly learningRate: string
  /** The step that noise was last drawn for. */
  readonly counter: number
  readonly weights: readonly Float32Array[]
  readonly optimizer: readonly StateEntry[]
  readonly sums: EpochSumsState
  readonly callbacks: readonly CallbackState[]
  /** By Keras's names, a number for each epoch so far. */
  readonly history: Readonly<Record<string, readonly number[]>>
  /** Final figures so far, by tag. */
  readonly final: Readonly<Record<string, number>>
}

export interface RowsKey {
  readonly rows: number
  readonly batchSize: number
  readonly seed: number
  readonly shuffle: boolean
  readonly stepsPerEpoch: number
  /** Rows that are shuffled together, where rows are on the disk; else all are. */
  readonly windowRows?: number
}

/** What of a checkpoint lies in model and optimizer. */
export type ModelState = Pick<Checkpoint, 'counter' | 'weights' | 'optimizer'>

export function takeModelState({ steps, parts }: PreparedTraining): ModelState {
  steps.pull()
  return {
    counter: parts.counter.step,
    weights: parts.model.getWeights().map((weight) => Float32Array.from(weight.dataSync())),
    optimizer: parts.optimizer.state(),
  }
}

/** @throws MinimaError `bad-request` when it is the state of another model or optimizer */
export function putModelState({ steps, parts }: PreparedTraining, state: ModelState): void {
  const { tf, model, optimizer, counter } = parts
  const wanted = model.getWeights()
  for (const [index, weight] of wanted.entries()) {
    const size = state.weights[index]?.length ?? 0
    if (size === weight.size && state.weights.length === wanted.length) continue
    throw new MinimaError(
      'bad-request',
      `the checkpoint is of another model: it has ${size} numbers for ${model.weights[index]?.name}, which has ` +
        `${weight.size}; resume with the layers that the run began with`,
    )
  }
  optimizer.setState(state.optimizer)
  tf.tidy(() => model.setWeights(wanted.map((weight, index) => tf.tensor(state.weights[index] ?? [], weight.shape))))
  counter.step = state.counter
  steps.push()
}

/** Why a training of `wanted` cannot go on from a checkpoint of `kept`; null: it can. */
export function rowsFault(kept: RowsKey, wanted: RowsKey): string | null {
  for (const name of Object.keys({ ...kept, ...wanted }) as (keyof RowsKey)[]) {
    if (kept[name] === wanted[name]) continue
    const [was, is] = [kept[name] ?? 'that of all rows', wanted[name] ?? 'that of all rows']
    return `${name} was ${was} and is ${is} now: a run goes on with the batches that it began with`
  }
  return null
}
