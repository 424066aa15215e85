/** The number of the step that is taken: noise is drawn from it, so that each step has its own and each run the same. */
import type { Tensor } from './tf.ts'

export interface StepCounter {
  /** Counted from 1; 0 before the first. */
  step: number
  /** Stands for `step` while a step is recorded to be compiled: an int32 scalar whose value is not to be read. */
  traced: Tensor | null
}

export function createStepCounter(): StepCounter {
  return { step: 0, traced: null }
}
