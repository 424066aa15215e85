/** Ends training when a figure no longer improves, as Keras's EarlyStopping does. */
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import type { WeightSnapshot } from '../weights.ts'
import type { Callback } from './callback.ts'
import { improvementOf, monitored, shown } from './monitor.ts'

interface State {
  wait: number
  best: number | null
  /** Counted from 0. */
  bestEpoch: number
  bestWeights: WeightSnapshot | null
}

export function earlyStopping(spec: CallbackOf<'earlyStopping'>): Callback {
  const { monitor, minDelta, patience, baseline, restoreBestWeights, startFromEpoch } = spec
  const improves = improvementOf(spec)
  let state: State = { wait: 0, best: null, bestEpoch: 0, bestWeights: null }

  return {
    name: spec.type,
    state: () => state,
    resume: (kept) => void (state = { ...(kept as State) }),
    onTrainBegin: () => void (state = { wait: 0, best: null, bestEpoch: 0, bestWeights: null }),

    onEpochEnd(epoch, logs, training) {
      const current = monitored(logs, monitor)
      if (current === undefined || epoch < startFromEpoch) return
      if (restoreBestWeights && state.bestWeights === null) {
        state.bestWeights = training.snapshot()
        state.bestEpoch = epoch
      }
      state.wait++
      if (improves(current, state.best, minDelta)) {
        state.best = current
        state.bestEpoch = epoch
        if (restoreBestWeights) state.bestWeights = training.snapshot()
        // Patience starts anew only where both the best and the baseline are beaten.
        if (baseline === null || improves(current, baseline, minDelta)) state.wait = 0
        return
      }
      if (state.wait < patience || epoch === 0) return
      training.log('event/early_stopping', epoch + 1)
      training.stopTraining(
        `Stopped early after epoch ${epoch + 1}: ${monitor} was best in epoch ${state.bestEpoch + 1} (${shown(state.best)})`,
      )
    },

    onTrainEnd(_, training) {
      if (!restoreBestWeights || state.bestWeights === null) return
      training.restore(state.bestWeights)
      training.notice(
        `The weights are those of epoch ${state.bestEpoch + 1}, the best by ${monitor} (${shown(state.best)})`,
      )
    },
  }
}
