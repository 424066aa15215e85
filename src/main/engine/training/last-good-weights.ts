/**
 * Remembers weights that are known to be good while a training goes on. A loss tells whether the weights it was computed
 * from are good, so a snapshot counts only once the next loss is finite.
 */
import type { WeightSnapshot } from './weights.ts'

/** A copy of the weights costs about what a fraction of a step does; this seldom it is not felt. */
const EVERY_STEPS = 100
/** Nor is it when steps are a fraction of a millisecond. */
const EVERY_MS = 250

export interface LastGoodWeights {
  /** To be called after steps whose losses are all finite; `take` copies the weights as they are after the last. */
  afterStep(step: number, take: () => WeightSnapshot): void
  /** The newest snapshot that a finite loss was computed from. */
  readonly good: WeightSnapshot
}

export function createLastGoodWeights(
  initial: WeightSnapshot,
  now: () => number = performance.now.bind(performance),
): LastGoodWeights {
  let good = initial
  let candidate: WeightSnapshot | null = null
  let takenStep = initial.step
  let takenAt = now()
  return {
    afterStep(step, take) {
      if (candidate) good = candidate
      candidate = null
      if (step - takenStep < EVERY_STEPS || now() - takenAt < EVERY_MS) return
      candidate = take()
      takenStep = step
      takenAt = now()
    },
    get good() {
      return good
    },
  }
}
