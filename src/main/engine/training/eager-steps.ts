/** Steps op by op: works on every backend. */
import { gatherBatch } from '../data/batches.ts'
import { weightsOf, type RowWeights } from '../data/class-weights.ts'
import type { Dataset, Split } from '../data/dataset.ts'
import type { Tensor, Tf } from '../models/tf.ts'
import { backwardPass, forwardPass, type BatchTensors, type BatchTold, type StepParts } from './step-body.ts'
import type { BatchResults, EvaluatedPart, Steps } from './steps.ts'
import { restoreSnapshot, takeSnapshot } from './weights.ts'

/** Rows of a slice: large enough for the kernels, small enough to let messages through in between. */
const EVALUATION_ROWS = 256

export interface StepData {
  readonly parts: Dataset
  readonly batchSize: number
  /** Of the training rows; null: all count alike. */
  readonly weights: RowWeights | null
}

/** @param why steps are not compiled, one line; null: this backend cannot */
export function createEagerSteps(parts: StepParts, data: StepData, why: string | null): Steps {
  const { tf, model, optimizer, counter } = parts
  let gradients = new Map<string, Float32Array>()

  const unscaled = (value: number): number => value / optimizer.plan.lossScale

  const keep = (given: readonly (Tensor | null)[]): void => {
    for (const [index, { name }] of optimizer.variables.entries()) {
      const gradient = given[index]
      if (gradient) gradients.set(name, Float32Array.from(gradient.dataSync(), unscaled))
    }
  }

  const evaluated = (part: EvaluatedPart, rowNumbers: Int32Array): BatchTensors => {
    const split = data.parts[part]
    if (split === null) throw new Error(`there are no ${part} rows`)
    return tensorsOf(parts, split, rowNumbers, null)
  }

  return {
    how: why === null ? 'op by op' : `op by op: ${why}`,
    batchesPerCall: 1,
    evaluationRows: () => EVALUATION_ROWS,
    train: (rowNumbers, keepGradients) =>
      tidied(tf, () => {
        counter.step++
        const pass = backwardPass(parts, tensorsOf(parts, data.parts.train, rowNumbers, data.weights))
        const told = numbersOf(pass)
        // A step from a loss that is no number would ruin the weights: the caller decides what to do with them as they are.
        if (Number.isFinite(told.losses[0])) optimizer.apply(pass.gradients)
        gradients = new Map()
        if (keepGradients) keep(pass.gradients)
        return told
      }),
    readGradients: () => gradients,
    readWeights: () =>
      new Map(optimizer.variables.map(({ name, variable }) => [name, variable.dataSync() as Float32Array])),
    evaluate: (part, rowNumbers) => tidied(tf, () => numbersOf(forwardPass(parts, evaluated(part, rowNumbers), false))),
    predict: (part, rowNumbers) =>
      tidied(tf, () => {
        const { predictions } = forwardPass(parts, evaluated(part, rowNumbers), false)
        return Float32Array.from(predictions().dataSync())
      }),
    snapshot: (step) => takeSnapshot(model, step),
    restore: (snapshot) => restoreSnapshot(tf, model, snapshot),
    pull: () => undefined,
    push: () => undefined,
    close: () => undefined,
  }
}

/** `tf.tidy` around work whose result holds no tensors. */
function tidied<T>(tf: Tf, work: () => T): T {
  const results: T[] = []
  tf.tidy(() => void results.push(work()))
  return results[0] as T
}

function numbersOf({ loss, sums }: BatchTold): BatchResults {
  return { losses: loss.dataSync(), sums: sums.map((sum) => sum.dataSync()) }
}

/** The batch of these rows of a part. */
export function tensorsOf(
  { tf, featureShape }: Pick<StepParts, 'tf' | 'featureShape'>,
  split: Split,
  rowNumbers: Int32Array,
  weights: RowWeights | null,
): BatchTensors {
  const rows = rowNumbers.length
  const features = new Float32Array(rows * split.featureWidth)
  const labels = new Float32Array(rows * split.labelWidth)
  gatherBatch(split, rowNumbers, features, labels)
  return {
    features: tf.tensor(features, [rows, ...featureShape]),
    labels: tf.tensor(labels, [rows, split.labelWidth]),
    weights: weights && tf.tensor1d(weightsOf(weights, rowNumbers, labels)),
  }
}
