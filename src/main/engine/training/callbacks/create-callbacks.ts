/** The callbacks that an experiment file names. */
import type { CallbackSpec, CallbackType } from '../../../../contract/experiment/callbacks.ts'
import type { Hparams } from '../../../../contract/run.ts'
import type { Callback } from './callback.ts'
import { csvLogger } from './csv-logger.ts'
import { earlyStopping } from './early-stopping.ts'
import { learningRateScheduler, warmUp } from './learning-rates.ts'
import { modelCheckpoint } from './model-checkpoint.ts'
import { reduceLROnPlateau } from './reduce-lr-on-plateau.ts'
import { tensorBoard } from './tensorboard.ts'
import { terminateOnNaN } from './terminate-on-nan.ts'

type Create<T extends CallbackType> = (spec: Extract<CallbackSpec, { type: T }>, hparams: Hparams) => Callback

const CREATE: { readonly [T in CallbackType]: Create<T> } = {
  earlyStopping,
  reduceLROnPlateau,
  modelCheckpoint,
  learningRateScheduler,
  warmUp,
  csvLogger,
  tensorBoard,
  terminateOnNaN,
  // It says how often the loop is to keep checkpoints (checkpointing.ts), and does nothing itself.
  backupAndRestore: ({ type }) => ({ name: type }),
}

/** @param hparams for those that write them down */
export function createCallbacks(specs: readonly CallbackSpec[], hparams: Hparams = {}): Callback[] {
  return specs.map((spec) => (CREATE[spec.type] as Create<CallbackType>)(spec as never, hparams))
}
