/** The callbacks that an experiment file names. */
import type { CallbackSpec, CallbackType } from '../../../../contract/experiment/callbacks.ts'
import type { Callback } from './callback.ts'
import { csvLogger } from './csv-logger.ts'
import { earlyStopping } from './early-stopping.ts'
import { learningRateScheduler, warmUp } from './learning-rates.ts'
import { modelCheckpoint } from './model-checkpoint.ts'
import { reduceLROnPlateau } from './reduce-lr-on-plateau.ts'
import { terminateOnNaN } from './terminate-on-nan.ts'

type Create<T extends CallbackType> = (spec: Extract<CallbackSpec, { type: T }>) => Callback

const CREATE: { readonly [T in CallbackType]: Create<T> } = {
  earlyStopping,
  reduceLROnPlateau,
  modelCheckpoint,
  learningRateScheduler,
  warmUp,
  csvLogger,
  terminateOnNaN,
  // It says how often the loop is to keep checkpoints (checkpointing.ts), and does nothing itself.
  backupAndRestore: ({ type }) => ({ name: type }),
}

export function createCallbacks(specs: readonly CallbackSpec[]): Callback[] {
  return specs.map((spec) => (CREATE[spec.type] as (spec: CallbackSpec) => Callback)(spec))
}
