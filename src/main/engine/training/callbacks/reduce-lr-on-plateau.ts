/** Lowers the learning rate when a figure no longer improves, as Keras's ReduceLROnPlateau does. */
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import type { Callback } from './callback.ts'
import { improvementOf, monitored } from './monitor.ts'

interface State {
  wait: number
  best: number | null
  /** Epochs left in which nothing is counted. */
  cooldown: number
  /** Epochs after which the rate was lowered, counted from 1. */
  reductions: number[]
}

const FRESH: State = { wait: 0, best: null, cooldown: 0, reductions: [] }

export function reduceLROnPlateau(spec: CallbackOf<'reduceLROnPlateau'>): Callback {
  const { monitor, factor, patience, minDelta, cooldown, minLr } = spec
  const improves = improvementOf(spec)
  let state = FRESH

  return {
    name: spec.type,
    state: () => state,
    resume: (kept) => void (state = { ...(kept as State) }),
    onTrainBegin: () => void (state = FRESH),

    onEpochEnd(epoch, logs, training) {
      const current = monitored(logs, monitor)
      if (current === undefined) return
      let { wait, best, cooldown: left, reductions } = state
      if (left > 0) {
        left--
        wait = 0
      }
      if (improves(current, best, minDelta)) {
        best = current
        wait = 0
      } else if (left === 0) {
        wait++
        // Keras keeps the rate in float32.
        const rate = Math.fround(training.learningRate)
        if (wait >= patience && rate > Math.fround(minLr)) {
          const lower = Math.fround(Math.max(rate * factor, minLr))
          training.setLearningRate(lower)
          training.log('event/learning_rate', lower)
          reductions = [...reductions, epoch + 1]
          left = cooldown
          wait = 0
        }
      }
      state = { wait, best, cooldown: left, reductions }
    },

    onTrainEnd(_, training) {
      const { reductions } = state
      if (reductions.length === 0) return
      const after = `${reductions.length === 1 ? 'epoch' : 'epochs'} ${reductions.join(', ')}`
      training.notice(`The learning rate was lowered after ${after}, as ${monitor} did not improve`)
    },
  }
}
