/** One training step op by op: forward, gradients, optimizer. Works on every backend. */
import type { Forward } from '../models/forward.ts'
import type { LossFunction } from '../models/losses.ts'
import type { Optimizer, Sequential, Tensor, Tf } from '../models/tf.ts'

export interface BatchShape {
  readonly features: readonly number[]
  readonly labelWidth: number
}

export interface StepResult {
  readonly loss: number
  /** Activated outputs before the update, row-major. */
  readonly predictions: Float32Array
}

export interface TrainStep {
  /** Arrays hold `rows` rows. With `keepGradients` the gradients are kept for `readGradients` until the next step. */
  run(features: Float32Array, labels: Float32Array, rows: number, keepGradients: boolean): StepResult
  /** Values of the kept gradients by variable name, such as `dense/kernel`. */
  readGradients(): ReadonlyMap<string, Float32Array>
}

export interface StepParts {
  readonly tf: Tf
  readonly model: Sequential
  readonly forward: Forward
  readonly loss: LossFunction
  readonly optimizer: Optimizer
  readonly shape: BatchShape
}

export function createEagerStep(parts: StepParts): TrainStep {
  const { tf, forward, loss, optimizer, shape } = parts
  const variables = forward.trainable.map(({ variable }) => variable)
  let gradients = new Map<string, Float32Array>()

  return {
    run(featureValues, labelValues, rows, keepGradients) {
      const x = tf.tensor(featureValues, [rows, ...shape.features])
      const y = tf.tensor(labelValues, [rows, shape.labelWidth])
      let output: Tensor | undefined
      const { value, grads } = tf.variableGrads(() => {
        const out = forward.output(x, true)
        output = tf.keep(out)
        const penalty = forward.penalty()
        const cost = loss(y, out)
        return penalty ? tf.add(cost, penalty) : cost
      }, variables)
      const activated = forward.activate(output as Tensor)
      const predictions = Float32Array.from(activated.dataSync())
      const lossValue = value.dataSync()[0] ?? NaN
      // A step from a loss that is no number would ruin the weights: the caller decides what to do with them as they are.
      if (Number.isFinite(lossValue)) optimizer.applyGradients(grads)
      gradients = new Map()
      if (keepGradients) {
        for (const [name, gradient] of Object.entries(grads))
          gradients.set(name, Float32Array.from(gradient.dataSync()))
      }
      tf.dispose([x, y, value, output as Tensor, activated, ...Object.values(grads)])
      return { loss: lossValue, predictions }
    },
    readGradients: () => gradients,
  }
}
