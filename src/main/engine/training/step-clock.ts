/** How fast a training is, and how long it will still take. */
import type { Progress } from '../../../contract/run.ts'

export interface StepClock {
  /** A step of `rows` rows took `ms`. */
  stepped(ms: number, rows: number): void
  /** An evaluation took `ms`. */
  evaluated(ms: number): void
  /** Once a second: means since the last such answer. */
  speedIfDue(): { msPerStep: number; samplesPerSecond: number } | null
  /** After `step` steps. */
  estimate(step: number): Pick<Progress, 'msPerStep' | 'etaSecs'>
}

const WINDOW_MS = 1_000

export function createStepClock(
  plan: { epochs: number; stepsPerEpoch: number },
  now: () => number = performance.now.bind(performance),
): StepClock {
  const total = plan.epochs * plan.stepsPerEpoch
  let windowStart = now()
  let windowMs = 0
  let windowSteps = 0
  let windowRows = 0
  let msPerStep: number | null = null
  let evaluationMs: number | null = null
  let steps = 0
  let trainingStart = now()

  return {
    stepped(ms, rows) {
      // The first steps warm up kernels and caches: the estimate starts after them.
      if (++steps === 3) trainingStart = now()
      windowMs += ms
      windowSteps++
      windowRows += rows
      if (msPerStep === null && steps >= 3) msPerStep = ms
    },
    evaluated(ms) {
      evaluationMs = ms
      trainingStart += ms
    },
    speedIfDue() {
      const elapsed = now() - windowStart
      if (elapsed < WINDOW_MS || windowSteps === 0) return null
      msPerStep = windowMs / windowSteps
      const speed = { msPerStep, samplesPerSecond: (windowRows / elapsed) * 1000 }
      windowStart = now()
      windowMs = 0
      windowSteps = 0
      windowRows = 0
      return speed
    },
    estimate(step) {
      if (steps < 4) return { msPerStep, etaSecs: null }
      const meanMs = (now() - trainingStart) / (steps - 3)
      const epochsLeft = plan.epochs - Math.floor(step / plan.stepsPerEpoch)
      const ms = (total - step) * meanMs + epochsLeft * (evaluationMs ?? 0)
      return { msPerStep, etaSecs: ms / 1000 }
    },
  }
}
