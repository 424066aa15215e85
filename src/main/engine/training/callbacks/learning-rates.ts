/** Callbacks that set the learning rate: by the epoch, and rising over the first steps. */
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import { scheduleOf } from '../../models/optimizers/learning-rate.ts'
import type { Callback } from './callback.ts'

export function learningRateScheduler({ type, schedule }: CallbackOf<'learningRateScheduler'>): Callback {
  const rateOf = scheduleOf(schedule)
  return {
    name: type,
    onEpochBegin: (epoch, _, training) => training.setLearningRate(rateOf?.(epoch) ?? training.learningRate),
  }
}

/** In a straight line to the rate that the optimizer has when training begins. */
export function warmUp({ type, steps, initialLearningRate }: CallbackOf<'warmUp'>): Callback {
  let target = NaN
  return {
    name: type,
    state: () => target,
    resume: (kept) => void (target = kept as number),
    onTrainBegin: (_, training) => void (target = training.learningRate),
    wantsBatch: (step) => step <= steps,
    onTrainBatchBegin(_, __, training) {
      const share = Math.min(1, training.step / steps)
      training.setLearningRate(initialLearningRate + (target - initialLearningRate) * share)
    },
  }
}
