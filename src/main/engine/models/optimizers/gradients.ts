/** What is done to gradients before a rule gets them: loss scale, accumulation, clipping. Safe where all are zero. */
import type { OptimizerSpec } from '../../../../contract/experiment/optimizer.ts'
import type { Tensor, Tf } from '../tf.ts'

export type Clips = Pick<OptimizerSpec, 'clipnorm' | 'globalClipnorm' | 'clipvalue'>

/** Gradients of the loss from those of `lossScale` times it. */
export function unscaleGradients(tf: Tf, gradients: readonly Tensor[], lossScale: number): readonly Tensor[] {
  return lossScale === 1 ? gradients : gradients.map((gradient) => tf.div(gradient, lossScale))
}

/** The mean of the gradients of `steps` batches: the sum of the earlier ones, and this one. */
export function averageGradients(
  tf: Tf,
  gradients: readonly Tensor[],
  sums: readonly Tensor[],
  steps: number,
): readonly Tensor[] {
  return addGradients(tf, gradients, sums).map((sum) => tf.div(sum, steps))
}

export function addGradients(tf: Tf, gradients: readonly Tensor[], sums: readonly Tensor[]): readonly Tensor[] {
  return gradients.map((gradient, index) => {
    const sum = sums[index]
    return sum === undefined ? gradient : tf.add(gradient, sum)
  })
}

export function clipGradients(tf: Tf, gradients: readonly Tensor[], clips: Clips): readonly Tensor[] {
  const { clipnorm, globalClipnorm, clipvalue } = clips
  if (clipnorm !== null) return gradients.map((gradient) => clipByNorm(tf, gradient, clipnorm))
  if (globalClipnorm !== null) return clipByGlobalNorm(tf, gradients, globalClipnorm)
  if (clipvalue !== null) return gradients.map((gradient) => tf.clipByValue(gradient, -clipvalue, clipvalue))
  return gradients
}

function clipByNorm(tf: Tf, gradient: Tensor, longest: number): Tensor {
  const norm = tf.sqrt(sumOfSquares(tf, gradient))
  return tf.div(tf.mul(gradient, longest), tf.maximum(norm, longest))
}

/** A norm that is not finite makes all gradients NaN, as in Keras, rather than quietly zero. */
function clipByGlobalNorm(tf: Tf, gradients: readonly Tensor[], longest: number): readonly Tensor[] {
  if (gradients.length === 0) return gradients
  const norm = tf.sqrt(tf.addN(gradients.map((gradient) => sumOfSquares(tf, gradient))))
  const finite = tf.mul(tf.minimum(tf.div(1, norm), 1 / longest), longest)
  const scale = tf.add(finite, tf.sub(norm, norm))
  return gradients.map((gradient) => tf.mul(gradient, scale))
}

/** Row by row: WebAssembly adds up one number after the other, which over 200,000 at once costs the fourth digit. */
function sumOfSquares(tf: Tf, gradient: Tensor): Tensor {
  const squares = tf.square(gradient)
  return tf.sum(squares.rank > 1 ? tf.sum(squares, -1) : squares)
}
