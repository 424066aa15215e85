/** What a step computes, in tensor ops: run at once by the eager step, recorded once by the compiled one. */
import type { Forward } from '../models/forward.ts'
import type { LossFunction } from '../models/losses.ts'
import type { MetricAccumulator } from '../models/metrics.ts'
import type { KerasOptimizer } from '../models/optimizers/optimizer.ts'
import type { StepCounter } from '../models/step-counter.ts'
import type { LayersModel, Scalar, Tensor, Tf } from '../models/tf.ts'

export interface StepParts {
  readonly tf: Tf
  readonly model: LayersModel
  readonly forward: Forward
  readonly loss: LossFunction
  readonly optimizer: KerasOptimizer
  /** Asked for what a batch adds to them only; what they add up is their owner's. */
  readonly metrics: readonly MetricAccumulator[]
  /** Set to the number of the step that is taken. */
  readonly counter: StepCounter
  /** Of one row, without the batch dimension. */
  readonly featureShape: readonly number[]
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
  /** Of each metric, a float32 scalar. */
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
  /** Activated outputs; worked out when they are asked for. */
  readonly predictions: () => Tensor
}

export function forwardPass(parts: StepParts, batch: BatchTensors, training: boolean): ForwardPass {
  const { tf, forward, metrics } = parts
  const output = forward.output(batch.features, training)
  let predictions: Tensor | undefined
  const activated = (): Tensor => (predictions ??= forward.activate(output))
  const measured = { yTrue: batch.labels, output, predictions: activated }
  const sums = metrics.map((metric) => metric.measure(measured))
  const penalty = forward.penalty()
  const cost = parts.loss(batch.labels, output, batch.weights)
  return { loss: penalty ? tf.add(cost, penalty) : cost, sums, predictions: activated }
}

function released(tf: Tf, kept: Tensor): Tensor {
  const copy = tf.clone(kept)
  kept.dispose()
  return copy
}
