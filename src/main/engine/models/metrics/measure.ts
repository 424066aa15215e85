/** What a metric asks of a batch, and what it makes of the sums of many. */
import type { Tensor, Tf } from '../tf.ts'

export interface MeasuredBatch {
  /** float32 [rows, labelWidth] */
  readonly yTrue: Tensor
  /** What the forward pass gave: logits, where the loss takes in the last activation, else what `predictions` gives. */
  readonly output: Tensor
  /** Activated: float32 [rows, …]. */
  readonly predictions: () => Tensor
  /** The loss of the batch, penalties left out. */
  readonly loss: Tensor
  /** float32 [rows]; null: all rows count alike. */
  readonly weights: Tensor | null
}

/** Sums over batches are kept in float64. */
export interface Measure {
  /** How many numbers a batch adds. */
  readonly width: number
  /** float32: a scalar when `width` is 1, else [width]. To be called within a tidy scope. */
  measure(batch: MeasuredBatch): Tensor
  /** The metric from such sums over `rows` rows; several numbers where it tells of several thresholds or columns. */
  values(sums: ArrayLike<number>, rows: number): number[]
}

export interface MetricWidths {
  /** Numbers per row. */
  readonly label: number
  readonly output: number
}

/** What rows are worth: [rows], or a scalar 1. */
export function weightOf(tf: Tf, { weights }: MeasuredBatch): Tensor {
  return weights ?? tf.scalar(1)
}

/** A class number becomes a row of 0 and 1, where predictions have one number for each class. */
export function labelsLike(tf: Tf, yTrue: Tensor, predictions: Tensor): Tensor {
  const classes = predictions.shape.at(-1) ?? 1
  if ((yTrue.shape.at(-1) ?? 1) === classes) return tf.reshape(yTrue, predictions.shape)
  return tf.cast(tf.oneHot(tf.cast(tf.reshape(yTrue, [-1]), 'int32'), classes), 'float32')
}

export function joined(tf: Tf, parts: readonly Tensor[]): Tensor {
  return tf.concat(parts.map((part) => tf.reshape(part, [-1])))
}

/** 0 where there is nothing to divide by. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
