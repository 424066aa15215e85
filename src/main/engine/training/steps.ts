/** What takes the steps of a training and evaluates it, op by op or compiled; the loop in fit.ts knows no more of it. */
import type { WeightSnapshot } from './weights.ts'

/** Parts of the data that are evaluated. */
export type EvaluatedPart = 'validation' | 'test'

/** Of each batch of a call, in their order. */
export interface BatchResults {
  /** Penalties of regularizers included. Fewer than batches when a loss was not finite: the last one tells. */
  readonly losses: ArrayLike<number>
  /** By metric, what each batch adds to its sum. */
  readonly sums: readonly ArrayLike<number>[]
}

export interface Steps {
  /** How they are computed, one line: `compiled`, or `op by op: ` and why not compiled. */
  readonly how: string
  /** Batches of one call at most. */
  readonly batchesPerCall: number
  /**
   * Takes a step for each batch of `rowNumbers` (whole batches, or one that is shorter). With `keepGradients`, which one
   * batch may be given, `readGradients` has them afterwards. After a loss that is not finite nothing more is taken, and
   * weights are of no use until `restore` has put good ones back.
   */
  train(rowNumbers: Int32Array, keepGradients: boolean): BatchResults
  /** Of the variables that are trained, by name, such as `dense/kernel`. */
  readGradients(): ReadonlyMap<string, Float32Array>
  readWeights(): ReadonlyMap<string, Float32Array>
  /** Rows of a batch of `evaluate`. */
  evaluationRows(part: EvaluatedPart): number
  /** Takes whole batches, or one that is shorter. */
  evaluate(part: EvaluatedPart, rowNumbers: Int32Array): BatchResults
  /** Activated outputs of a batch, of at most `evaluationRows`, row-major. */
  predict(part: EvaluatedPart, rowNumbers: Int32Array): Float32Array
  snapshot(step: number): WeightSnapshot
  restore(snapshot: WeightSnapshot): void
  /** Weights and what the optimizer remembers flow into tfjs's variables: to be called before anybody reads those. */
  pull(): void
  /** They flow back: to be called after anybody wrote them. */
  push(): void
  close(): void
}
