/**
 * Remembers weights that are known to be good while a training goes on. A loss tells whether the weights it was computed
 * from are good, so a snapshot counts only once the next loss is finite.
 */
import type { WeightSnapshot } from './weights.ts'

/** A copy of the weights costs about what a fraction of a step does; this often it is not felt. */
const EVERY_STEPS = 100

export interface LastGoodWeights {
  /** To be called after each step with its (finite) loss known; `take` copies the weights as they are now. */
  afterStep(step: number, take: () => WeightSnapshot): void
  /** The newest snapshot that a finite loss was computed from. */
  readonly good: WeightSnapshot
}

export function createLastGoodWeights(initial: WeightSnapshot): LastGoodWeights {
  let good = initial
  let candidate: WeightSnapshot | null = null
  return {
    afterStep(step, take) {
      if (candidate) good = candidate
      candidate = step % EVERY_STEPS === 0 ? take() : null
    },
    get good() {
      return good
    },
  }
}
