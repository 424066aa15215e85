/** All callbacks of a training as one: each hook of each, in their order. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { EvaluatedBatches } from '../evaluate.ts'
import type { BatchHooks, Callback, Logs, TrainingControl } from './callback.ts'

type Indexed = keyof BatchHooks | 'onEpochBegin' | 'onEpochEnd' | `on${'Test' | 'Predict'}Batch${'Begin' | 'End'}`
type Whole = 'onTrainBegin' | 'onTrainEnd' | `on${'Test' | 'Predict'}${'Begin' | 'End'}`

export interface CallbackList {
  whole(hook: Whole, logs: Logs): Promise<void>
  indexed(hook: Indexed, index: number, logs: Logs): Promise<void>
  lossNotFinite(step: number, loss: number): Promise<void>
  /** Whether somebody wants to be told of the batch after `step`. */
  wantsBatch(step: number): boolean
  /** How many batches after `step`, of `most`, nobody wants to be told of before the first that somebody does. */
  batchesUntold(step: number, most: number): number
  /** Tells of the batches of an evaluation; null: nobody wants to know. */
  testBatches(): EvaluatedBatches | null
  /** To be given to `begin` of a list of the same callbacks. */
  state(): CallbackState[]
  /** `onTrainBegin` of all; of those that `kept` has the state of, `resume`. */
  begin(kept: readonly CallbackState[]): Promise<void>
}

export interface CallbackState {
  readonly name: string
  readonly state: unknown
}

/** @param done awaited after each hook that was called */
export function createCallbackList(
  callbacks: readonly Callback[],
  training: TrainingControl,
  done: () => void,
): CallbackList {
  const having = (hook: keyof Callback): readonly Callback[] => callbacks.filter((callback) => callback[hook])
  const ofBatches = callbacks.filter(({ onTrainBatchBegin, onTrainBatchEnd }) => onTrainBatchBegin ?? onTrainBatchEnd)

  return {
    async whole(hook, logs) {
      for (const callback of having(hook)) {
        await named(callback, hook, () => callback[hook]?.(logs, training))
        done()
      }
    },
    async indexed(hook, index, logs) {
      for (const callback of having(hook)) {
        await named(callback, hook, () => callback[hook]?.(index, logs, training))
        done()
      }
    },
    async lossNotFinite(step, loss) {
      for (const callback of callbacks) await callback.onLossNotFinite?.(step, loss, training)
    },
    wantsBatch: (step) => ofBatches.some((callback) => callback.wantsBatch?.(step) ?? true),
    batchesUntold(step, most) {
      if (ofBatches.length === 0) return most
      let count = 0
      while (count < most && !this.wantsBatch(step + count)) count++
      return count
    },
    testBatches() {
      if ([...having('onTestBatchBegin'), ...having('onTestBatchEnd')].length === 0) return null
      return {
        begin: (index) => this.indexed('onTestBatchBegin', index, {}),
        end: (index, loss) => this.indexed('onTestBatchEnd', index, { loss }),
      }
    },
    state: () => callbacks.flatMap(({ name, state }) => (state ? [{ name, state: state() }] : [])),
    async begin(kept) {
      const left = [...kept]
      for (const callback of callbacks) {
        const at = left.findIndex(({ name }) => name === callback.name)
        const found = callback.resume && at >= 0 ? left.splice(at, 1)[0] : undefined
        if (found) callback.resume?.(found.state)
        else await named(callback, 'onTrainBegin', () => callback.onTrainBegin?.({}, training))
        done()
      }
    },
  }
}

/** What a hook throws says whose it was; the stack still leads to the line. */
async function named({ name }: Callback, hook: keyof Callback, call: () => void | Promise<void>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (error instanceof Error && !(error instanceof MinimaError)) {
      error.message = `the callback ${name} failed in ${hook}: ${error.message}`
    }
    throw error
  }
}
