/** Saves the model after epochs, all of them or the best, as Keras's ModelCheckpoint does. */
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import type { Callback } from './callback.ts'
import { improvementOf, monitored, shown } from './monitor.ts'
import { fillPattern } from './name-pattern.ts'

interface State {
  best: number | null
  /** The last that was saved, and in which epoch, counted from 1. */
  saved: { readonly name: string; readonly epoch: number } | null
}

export function modelCheckpoint(spec: CallbackOf<'modelCheckpoint'>): Callback {
  const { monitor, filepath, saveBestOnly, saveWeightsOnly, everyEpochs, initialValueThreshold } = spec
  const improves = improvementOf(spec)
  const fresh: State = { best: initialValueThreshold, saved: null }
  let state = fresh

  return {
    name: spec.type,
    state: () => state,
    resume: (kept) => void (state = { ...(kept as State) }),
    onTrainBegin: () => void (state = fresh),

    async onEpochEnd(epoch, logs, training) {
      if ((epoch + 1) % everyEpochs !== 0) return
      const current = monitored(logs, monitor)
      if (saveBestOnly && current !== undefined) {
        if (!improves(current, state.best, 0)) return
        state = { ...state, best: current }
      }
      const name = fillPattern(filepath, { ...logs, epoch: epoch + 1 })
      await training.save(name, { weightsOnly: saveWeightsOnly })
      state = { ...state, saved: { name, epoch: epoch + 1 } }
    },

    onTrainEnd(_, training) {
      if (state.saved === null) return
      const best = saveBestOnly && state.best !== null ? `, the best by ${monitor} (${shown(state.best)})` : ''
      training.notice(`checkpoints/${state.saved.name} has the model of epoch ${state.saved.epoch}${best}`)
    },
  }
}
