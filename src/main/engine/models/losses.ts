/**
 * Losses as Keras computes them inside fit: a mean over rows, and cross-entropies from logits, without clipping, when the
 * model's last activation could be left off. Gradients of the cross-entropies are given, not derived: exact at a logit
 * of 0, where composites of relu and abs are not, and a handful of kernels instead of a dozen. They `save` all that they
 * need: other tensors of the forward pass are gone by the time gradients are asked for.
 */
import type { Loss } from '../../../contract/experiment/fit.ts'
import type { Scalar, Tensor, Tf } from './tf.ts'

/** Labels float32 [rows, labelWidth] and the model's output; both as `createForward` has them. */
export type LossFunction = (yTrue: Tensor, output: Tensor) => Scalar

/** As `fromLogits` of the forward pass says: whether `output` is what the last activation would have been given. */
export function createLoss(tf: Tf, loss: Loss, fromLogits: boolean): LossFunction {
  const like = (yTrue: Tensor, output: Tensor): Tensor => tf.reshape(yTrue, output.shape)
  switch (loss) {
    case 'meanSquaredError':
      return (yTrue, output) => tf.mean(tf.squaredDifference(output, like(yTrue, output)))
    case 'meanAbsoluteError':
      return (yTrue, output) => tf.mean(tf.abs(tf.sub(output, like(yTrue, output))))
    case 'huber':
      return (yTrue, output) => huber(tf, like(yTrue, output), output)
    case 'binaryCrossentropy':
      return (yTrue, output) => (fromLogits ? sigmoidCrossentropy : binaryCrossentropy)(tf, like(yTrue, output), output)
    case 'categoricalCrossentropy':
      return (yTrue, output) => (fromLogits ? softmaxCrossentropy : probabilityCrossentropy)(tf, yTrue, output)
    case 'sparseCategoricalCrossentropy':
      return (yTrue, output) => {
        const oneHot = tf.cast(
          tf.oneHot(tf.cast(tf.reshape(yTrue, [-1]), 'int32'), output.shape.at(-1) ?? 0),
          'float32',
        )
        return (fromLogits ? softmaxCrossentropy : probabilityCrossentropy)(tf, oneHot, output)
      }
  }
}

/** Keras's delta of 1: square below, straight above. */
function huber(tf: Tf, yTrue: Tensor, output: Tensor): Scalar {
  const error = tf.abs(tf.sub(output, yTrue))
  const quadratic = tf.minimum(error, 1)
  return tf.mean(tf.add(tf.mul(tf.square(quadratic), 0.5), tf.sub(error, quadratic)))
}

/** Mean of log(1 + e^z) − y z; its gradient is (sigmoid(z) − y) / elements. */
function sigmoidCrossentropy(tf: Tf, yTrue: Tensor, logits: Tensor): Scalar {
  const entropy = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    save([z, yTrue])
    return {
      value: tf.mean(tf.sub(tf.softplus(z), tf.mul(yTrue, z))),
      gradFunc: (dy: Tensor, [savedZ = z, savedY = yTrue]: Tensor[]) =>
        tf.mul(tf.sub(tf.sigmoid(savedZ), savedY), tf.div(dy, savedZ.size)),
    }
  })
  return entropy(logits) as Scalar
}

/** Mean over rows of log(sum(e^z)) − z of the class; its gradient is (softmax(z) − y) / rows. */
function softmaxCrossentropy(tf: Tf, oneHot: Tensor, logits: Tensor): Scalar {
  const rows = logits.size / (logits.shape.at(-1) ?? 1)
  const entropy = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    const shifted = tf.sub(z, tf.max(z, -1, true))
    const exponents = tf.exp(shifted)
    const sums = tf.sum(exponents, -1, true)
    save([tf.div(exponents, sums), oneHot])
    return {
      value: tf.div(tf.sum(tf.mul(oneHot, tf.sub(tf.log(sums), shifted))), rows),
      gradFunc: (dy: Tensor, [softmax = z, labels = oneHot]: Tensor[]) =>
        tf.mul(tf.sub(softmax, labels), tf.div(dy, rows)),
    }
  })
  return entropy(logits) as Scalar
}

/** float32(1e-7) and its distance from 1: what Keras clips probabilities to. */
const LEAST = 1e-7
const MOST = Math.fround(1 - 1e-7)

function binaryCrossentropy(tf: Tf, yTrue: Tensor, output: Tensor): Scalar {
  const p = tf.clipByValue(output, LEAST, MOST)
  const entropy = tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p))))
  return tf.neg(tf.mean(entropy))
}

/** Keras divides each row by its sum before it clips. */
function probabilityCrossentropy(tf: Tf, oneHot: Tensor, output: Tensor): Scalar {
  const p = tf.clipByValue(tf.div(output, tf.sum(output, -1, true)), LEAST, MOST)
  return tf.neg(tf.mean(tf.sum(tf.mul(oneHot, tf.log(p)), -1)))
}
