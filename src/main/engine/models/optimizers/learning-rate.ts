/** Keras's learning rate schedules: the rate of a batch by the number of batches before it. */
import type { LearningRate, Schedule } from '../../../../contract/experiment/learning-rate.ts'
import { f32, oneMinus, power } from './float32.ts'

type ScheduleOf<T extends Schedule['type']> = Extract<Schedule, { type: T }>
/** `iteration` counts from 0. */
export type Rate = (iteration: number) => number

const SCHEDULES: { readonly [T in Schedule['type']]: (spec: ScheduleOf<T>) => Rate } = {
  exponentialDecay: (spec) => (iteration) =>
    f32(f32(spec.initialLearningRate) * power(spec.decayRate, decayed(iteration, spec))),

  inverseTimeDecay: (spec) => (iteration) =>
    f32(f32(spec.initialLearningRate) / f32(1 + f32(f32(spec.decayRate) * decayed(iteration, spec)))),

  piecewiseConstantDecay:
    ({ boundaries, values }) =>
    (iteration) => {
      // Keras casts boundaries to the integers that iterations are.
      const passed = boundaries.filter((boundary) => iteration > Math.trunc(boundary)).length
      return f32(values[passed] ?? NaN)
    },

  polynomialDecay: polynomial,
  cosineDecay: cosine,
  cosineDecayRestarts: cosineRestarts,
}

/** The schedule of a learning rate; null: it is a number, which stays until it is set. */
export function scheduleOf(rate: LearningRate): Rate | null {
  if (typeof rate === 'number') return null
  return (SCHEDULES[rate.type] as (spec: Schedule) => Rate)(rate)
}

function decayed(iteration: number, { decaySteps, staircase }: { decaySteps: number; staircase: boolean }): number {
  const share = f32(f32(iteration) / f32(decaySteps))
  return staircase ? Math.floor(share) : share
}

function polynomial(spec: ScheduleOf<'polynomialDecay'>): Rate {
  const end = f32(spec.endLearningRate)
  const range = f32(f32(spec.initialLearningRate) - end)
  const steps = f32(spec.decaySteps)
  return (iteration) => {
    // The first multiple of the steps that is not before this iteration.
    const cycles = spec.cycle && iteration > 0 ? Math.ceil(f32(f32(iteration) / steps)) : 1
    const share = f32(Math.min(f32(iteration), f32(steps * cycles)) / f32(steps * cycles))
    return f32(f32(range * power(oneMinus(share), spec.power)) + end)
  }
}

/** From 1 at a share of 0 to 0 at a share of 1. */
function halfCosine(share: number): number {
  return f32(0.5 * f32(1 + f32(Math.cos(f32(f32(Math.PI) * share)))))
}

function cosine({ initialLearningRate, ...spec }: ScheduleOf<'cosineDecay'>): Rate {
  const initial = f32(initialLearningRate)
  const steps = f32(spec.decaySteps)
  const warmup = spec.warmupTarget === null ? 0 : f32(spec.warmupSteps)
  const target = f32(spec.warmupTarget ?? initialLearningRate)
  return (iteration) => {
    const at = Math.min(f32(iteration), f32(steps + warmup))
    if (at < warmup) return f32(f32(f32(target - initial) * f32(at / warmup)) + initial)
    const curve = halfCosine(f32(f32(at - warmup) / steps))
    return f32(target * f32(f32(f32(1 - spec.alpha) * curve) + f32(spec.alpha)))
  }
}

function cosineRestarts(spec: ScheduleOf<'cosineDecayRestarts'>): Rate {
  const initial = f32(spec.initialLearningRate)
  const alpha = f32(spec.alpha)
  return (iteration) => {
    const { restarts, share } = periodOf(f32(f32(iteration) / f32(spec.firstDecaySteps)), f32(spec.tMul))
    const height = f32(0.5 * power(spec.mMul, restarts))
    const curve = f32(height * f32(1 + f32(Math.cos(f32(f32(Math.PI) * share)))))
    return f32(initial * f32(f32(f32(1 - alpha) * curve) + alpha))
  }
}

/** How many periods, each `growth` times as long as the last, lie behind; and how much of this one does. */
function periodOf(firstPeriods: number, growth: number): { restarts: number; share: number } {
  if (growth === 1) return { restarts: Math.floor(firstPeriods), share: f32(firstPeriods - Math.floor(firstPeriods)) }
  const grown = f32(1 - f32(firstPeriods * f32(1 - growth)))
  const restarts = Math.floor(f32(f32(Math.log(grown)) / f32(Math.log(growth))))
  const length = power(growth, restarts)
  const behind = f32(f32(1 - length) / f32(1 - growth))
  return { restarts, share: f32(f32(firstPeriods - behind) / length) }
}
