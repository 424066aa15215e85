/** When checkpoints are kept: seldom enough that they are not felt, often enough that little is lost. */
import type { CallbackSpec } from '../../../../contract/experiment/callbacks.ts'
import type { Checkpoint } from './checkpoint.ts'

/** From one checkpoint to the next at least: at the end of an epoch, and within one. */
const EPOCH_MS = 5_000
const STEP_MS = 30_000
/** Of all time, what checkpoints may take: one that took long is followed by the next the later. */
const SHARE = 0.05

export interface Checkpointing {
  /** Keeps one, if it is time to; `take` copies what is kept. */
  after(what: 'steps' | 'epoch', step: number, take: () => Checkpoint): Promise<void>
  /** Keeps one, unless there is one of this very step: the training ends here. */
  last(step: number, take: () => Checkpoint): Promise<void>
}

/** @param save null: none are kept */
export function createCheckpointing(
  callbacks: readonly CallbackSpec[],
  firstStep: number,
  save: ((checkpoint: Checkpoint) => Promise<void>) | null,
  now: () => number = performance.now.bind(performance),
): Checkpointing {
  const backup = callbacks.find((spec) => spec.type === 'backupAndRestore')
  const everySteps = backup?.everySteps ?? null
  let keptStep = firstStep
  let keptAny = false
  let keptAt = now()
  let tookMs = 0

  const keep = async (take: () => Checkpoint): Promise<void> => {
    if (save === null) return
    const startedAt = now()
    const checkpoint = take()
    await save(checkpoint)
    keptStep = checkpoint.step
    keptAny = true
    keptAt = now()
    tookMs = keptAt - startedAt
  }
  const isDue = (what: 'steps' | 'epoch', step: number): boolean => {
    if (everySteps !== null && step - keptStep >= everySteps) return true
    if (what === 'epoch' && backup !== undefined && everySteps === null) return true
    return now() - keptAt >= Math.max(what === 'epoch' ? EPOCH_MS : STEP_MS, tookMs / SHARE)
  }

  return {
    async after(what, step, take) {
      if (isDue(what, step)) await keep(take)
    },
    async last(step, take) {
      if (!keptAny || step !== keptStep) await keep(take)
    },
  }
}
