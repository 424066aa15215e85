/** What a step computes, in tensor ops: run at once by the eager step, recorded once by the compiled one. */
import type { Forward } from '../models/forward.ts'
import type { LossFunction } from '../models/losses.ts'
import type { MetricAccumulator } from '../models/metrics/metric.ts'
import { pickColumns } from '../models/pick-columns.ts'
import type { KerasOptimizer } from '../models/optimizers/optimizer.ts'
import type { StepCounter } from '../models/step-counter.ts'
import type { Scalar, Tensor, Tf } from '../models/tf.ts'
import type { TrainableModel } from '../models/trainable-model.ts'

export interface StepParts {
  readonly tf: Tf
  readonly model: TrainableModel
  readonly forward: Forward
  /** In the order of the model's. */
  readonly outputs: readonly StepOutput[]
  readonly optimizer: KerasOptimizer
  /** Set to the number of the step that is taken. */
  readonly counter: StepCounter
  /** Of one row, without the batch dimension. */
  readonly featureShape: readonly number[]
}

/** What is asked of an output of the model. */
export interface StepOutput {
  readonly loss: LossFunction
  readonly lossWeight: number
  /** Which numbers of a row of labels it is to tell; null: all. */
  readonly labels: readonly number[] | null
  /** Asked for what a batch adds to them only; what they add up is their owner's. */
  readonly metrics: readonly MetricAccumulator[]
}

/** How many sums a batch tells. */
export function countSums({ outputs }: StepParts): number {
  return outputs.reduce((count, { metrics }) => count + metrics.reduce((sum, { width }) => sum + width, 0), 0)
}

export interface BatchTensors {
  /** float32 [rows, …featureShape] */
  readonly features: Tensor
  /** float32 [rows, labelWidth] */
  readonly labels: Tensor
  /** float32 [rows]; null: all count alike. */
  readonly weights: Tensor | null
}

export interface BatchTold {
  readonly loss: Scalar
  /** Of each metric of each output, float32 scalars: as many as a batch adds to it. */
  readonly sums: readonly Tensor[]
}

export interface BackwardPass extends BatchTold {
  /** Of the loss times the optimizer's loss scale, in the order of its variables; null: the loss does not depend on it. */
  readonly gradients: readonly (Tensor | null)[]
}

/** Forward and back, no update. To be called within a tidy scope. */
export function backwardPass(parts: StepParts, batch: BatchTensors): BackwardPass {
  const { tf, optimizer } = parts
  const { lossScale } = optimizer.plan
  let told: BatchTold | undefined
  const { grads } = tf.variableGrads(
    () => {
      told = forwardPass(parts, batch, true)
      tf.keep(told.loss)
      for (const sum of told.sums) tf.keep(sum)
      return lossScale === 1 ? told.loss : (tf.mul(told.loss, lossScale) as Scalar)
    },
    optimizer.variables.map(({ variable }) => variable),
  )
  const gradients = optimizer.variables.map(({ variable }) => grads[variable.name] ?? null)
  const { loss, sums } = told as BatchTold
  // Kept from tfjs's inner scope only: from here on they belong to the caller's.
  return { loss: released(tf, loss) as Scalar, sums: sums.map((sum) => released(tf, sum)), gradients }
}

export interface ForwardPass extends BatchTold {
  /** Activated outputs, [rows, all their numbers]; worked out when they are asked for. */
  readonly predictions: () => Tensor
}

export function forwardPass(parts: StepParts, batch: BatchTensors, training: boolean): ForwardPass {
  const { tf, forward, outputs } = parts
  const values = forward.outputs(batch.features, training)
  let activated: readonly Tensor[] | undefined
  const predictions = (): readonly Tensor[] => (activated ??= forward.activate(values))
  const told = outputs.map(({ loss, labels, metrics }, index) => {
    const yTrue = pickColumns(tf, batch.labels, labels)
    const output = values[index] as Tensor
    const cost = loss(yTrue, output, batch.weights)
    const measured = {
      yTrue,
      output,
      predictions: () => predictions()[index] as Tensor,
      loss: cost,
      weights: batch.weights,
    }
    return { cost, sums: metrics.flatMap((metric) => scalarsOf(tf, metric.measure(measured))) }
  })
  const costs = told.map(({ cost }, index) => weighed(tf, cost, outputs[index]?.lossWeight ?? 1))
  const penalty = forward.penalty()
  const terms = penalty ? [...costs, penalty] : costs
  return {
    loss: terms.reduce((sum, term) => tf.add(sum, term)),
    sums: told.flatMap(({ sums }) => sums),
    predictions: () => joined(tf, predictions()),
  }
}

function scalarsOf(tf: Tf, sums: Tensor): Tensor[] {
  return sums.rank === 0 ? [sums] : tf.unstack(sums)
}

function weighed(tf: Tf, cost: Scalar, weight: number): Scalar {
  return weight === 1 ? cost : tf.mul(cost, weight)
}

function joined(tf: Tf, predictions: readonly Tensor[]): Tensor {
  const [first] = predictions
  if (first && predictions.length === 1) return first
  return tf.concat(
    predictions.map((values) => tf.reshape(values, [values.shape[0] ?? 0, -1])),
    1,
  )
}

function released(tf: Tf, kept: Tensor): Tensor {
  const copy = tf.clone(kept)
  kept.dispose()
  return copy
}
