/** A loss that is not finite ends the training, not the run: it has finished, with the last good weights. */
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import type { Callback } from './callback.ts'

export function terminateOnNaN({ type }: CallbackOf<'terminateOnNaN'>): Callback {
  return {
    name: type,
    onLossNotFinite(step, loss, training) {
      training.log('event/terminate_on_nan', step)
      training.stopTraining(
        `The loss became ${loss} at step ${step}: terminateOnNaN ended the training, with the last good weights`,
      )
    },
  }
}
