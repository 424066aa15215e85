/**
 * What Keras does around the rule of an optimizer, in its order: unscale, accumulate, clip, decay, update, average. The
 * pieces are pure functions of tensors; what depends on the iteration comes in as scalar tensors.
 */
import type { OptimizerSpec } from '../../../../contract/experiment/optimizer.ts'
import type { Tensor, Tf } from '../tf.ts'
import { f32, oneMinus } from './float32.ts'
import { averageGradients, clipGradients, unscaleGradients } from './gradients.ts'
import { scheduleOf, type Rate } from './learning-rate.ts'
import { named, type Scalars, type SlotSpec, type Tensors, type UpdateRule } from './update-rule.ts'
import { updateRule } from './update-rules.ts'

/** Slots beside those of the rule. */
export const AVERAGE = 'average'
export const GRADIENT_SUM = 'gradientAccumulator'

/** What an iteration does besides counting. */
export interface Phase {
  /** Of an optimizer that accumulates gradients, only every so manieth iteration does. */
  readonly updates: boolean
  /** Averages take the place of the weights. */
  readonly overwrites: boolean
}

export interface OptimizerPlan {
  readonly rule: UpdateRule
  /** Of each variable: the rule's, then the pipeline's. */
  readonly slots: readonly SlotSpec[]
  /** null: the rate is a number that can be set. */
  readonly schedule: Rate | null
  /** What the loss is multiplied by before gradients are taken. */
  readonly lossScale: number
  /** Batches to an update. */
  readonly accumulated: number
  readonly averages: boolean
  /** Whether averages take the place of weights now and then, not at the end only. */
  readonly overwrites: boolean
  /** `iteration` is the number of batches before this one. */
  phaseOf(iteration: number): Phase
  /** What a step is computed with, the scalars of the rule among it. The names are the same for every iteration. */
  scalarsOf(iteration: number, learningRate: number): Scalars
  /**
   * What the rule gets: unscaled, averaged with what was accumulated before, clipped.
   *
   * @param sums of the same variables; not read when nothing is accumulated
   */
  prepareGradients(tf: Tf, gradients: readonly Tensor[], sums: readonly Tensor[], lossScale: number): readonly Tensor[]
  /** The weight less its decay; the same tensor when it has none. */
  decay(tf: Tf, name: string, weight: Tensor, s: Tensors): Tensor
  /** The next moving average of a weight. */
  average(tf: Tf, average: Tensor, weight: Tensor, s: Tensors): Tensor
}

export function createPlan(spec: OptimizerSpec): OptimizerPlan {
  const rule = updateRule(spec)
  const accumulated = spec.gradientAccumulationSteps ?? 1
  const overwriteEvery = spec.useEma ? spec.emaOverwriteFrequency : null
  const updatesBefore = (iteration: number): number => Math.floor(iteration / accumulated)

  const phaseOf = (iteration: number): Phase => ({
    updates: (iteration + 1) % accumulated === 0,
    overwrites: overwriteEvery !== null && (updatesBefore(iteration) + 1) % overwriteEvery === 0,
  })

  return {
    rule,
    slots: [
      ...rule.slots,
      ...(spec.useEma ? [{ name: AVERAGE, initial: 0 }] : []),
      ...(accumulated > 1 ? [{ name: GRADIENT_SUM, initial: 0 }] : []),
    ],
    schedule: scheduleOf(spec.learningRate),
    lossScale: spec.lossScaleFactor ?? 1,
    accumulated,
    averages: spec.useEma,
    overwrites: overwriteEvery !== null,
    phaseOf,

    scalarsOf(iteration, learningRate) {
      const before = updatesBefore(iteration)
      const { updates, overwrites } = phaseOf(iteration)
      // The average is the weight itself until the first update is through.
      const momentum = before === 0 ? 0 : f32(spec.emaMomentum)
      return {
        ...rule.scalars(before + 1, learningRate),
        ...(spec.useEma && { emaMomentum: momentum, emaShare: oneMinus(momentum) }),
        ...(overwriteEvery !== null && { overwrites: Number(overwrites) }),
        ...(accumulated > 1 && { updates: Number(updates) }),
      }
    },

    prepareGradients(tf, gradients, sums, lossScale) {
      const unscaled = unscaleGradients(tf, gradients, lossScale)
      const mean = accumulated > 1 ? averageGradients(tf, unscaled, sums, accumulated) : unscaled
      return clipGradients(tf, mean, spec)
    },

    decay(tf, name, weight, s) {
      const { weightDecay, excludeFromWeightDecay } = spec
      if (weightDecay === null || excludeFromWeightDecay.some((part) => name.includes(part))) return weight
      return tf.sub(weight, tf.mul(tf.mul(weight, weightDecay), named(s, 'learningRate')))
    },

    average: (tf, average, weight, s) =>
      tf.add(tf.mul(average, named(s, 'emaMomentum')), tf.mul(weight, named(s, 'emaShare'))),
  }
}
