/**
 * Losses as Keras computes them inside fit: a mean over rows, and cross-entropies from logits, without clipping, when the
 * model's last activation could be left off. Gradients of the cross-entropies are given, not derived: exact at a logit
 * of 0, where composites of relu and abs are not, and a handful of kernels instead of a dozen. They `save` all that they
 * need: other tensors of the forward pass are gone by the time gradients are asked for.
 */
import type { Loss } from '../../../contract/experiment/fit.ts'
import { nativeBackend, typeAttr, type NativeBackend } from './native-ops.ts'
import type { Scalar, Tensor, Tf } from './tf.ts'

/**
 * Labels float32 [rows, labelWidth] and the model's output; both as `createForward` has them. `weights` float32 [rows]
 * multiply the loss of each row; the sum is divided by the number of rows, as in Keras, not by that of the weights.
 */
export type LossFunction = (yTrue: Tensor, output: Tensor, weights?: Tensor | null) => Scalar

/** Loss of each element, or of each row: [rows, …]. */
type Elementwise = (yTrue: Tensor, output: Tensor) => Tensor

/** As `fromLogits` of the forward pass says: whether `output` is what the last activation would have been given. */
export function createLoss(tf: Tf, loss: Loss, fromLogits: boolean): LossFunction {
  const costs = elementwise(tf, loss, fromLogits)
  return (yTrue, output, weights = null) => weightedMean(tf, costs(yTrue, output), weights)
}

function weightedMean(tf: Tf, costs: Tensor, weights: Tensor | null): Scalar {
  if (weights === null) return tf.mean(costs) as Scalar
  const perRow = costs.rank === 1 ? costs : tf.mean(costs, axesFrom1(costs))
  return tf.mean(tf.mul(perRow, weights)) as Scalar
}

function axesFrom1(tensor: Tensor): number[] {
  return tensor.shape.slice(1).map((_, axis) => axis + 1)
}

function elementwise(tf: Tf, loss: Loss, fromLogits: boolean): Elementwise {
  const like = (yTrue: Tensor, output: Tensor): Tensor => tf.reshape(yTrue, output.shape)
  switch (loss) {
    case 'meanSquaredError':
      return (yTrue, output) => tf.squaredDifference(output, like(yTrue, output))
    case 'meanAbsoluteError':
      return (yTrue, output) => tf.abs(tf.sub(output, like(yTrue, output)))
    case 'huber':
      return (yTrue, output) => huber(tf, like(yTrue, output), output)
    case 'binaryCrossentropy':
      return (yTrue, output) => (fromLogits ? sigmoidCrossentropy : binaryCrossentropy)(tf, like(yTrue, output), output)
    case 'categoricalCrossentropy':
      return (yTrue, output) => (fromLogits ? softmaxCrossentropy : probabilityCrossentropy)(tf, yTrue, output)
    case 'sparseCategoricalCrossentropy':
      return (yTrue, output) => {
        const classes = tf.cast(tf.reshape(yTrue, [-1]), 'int32')
        const native = nativeBackend(tf)
        if (fromLogits && native && output.rank === 2) return nativeCrossentropy(tf, native, classes, output)
        const oneHot = tf.cast(tf.oneHot(classes, output.shape.at(-1) ?? 0), 'float32')
        return (fromLogits ? softmaxCrossentropy : probabilityCrossentropy)(tf, oneHot, output)
      }
  }
}

/** Keras's delta of 1: square below, straight above. */
function huber(tf: Tf, yTrue: Tensor, output: Tensor): Tensor {
  const error = tf.abs(tf.sub(output, yTrue))
  const quadratic = tf.minimum(error, 1)
  return tf.add(tf.mul(tf.square(quadratic), 0.5), tf.sub(error, quadratic))
}

/** log(1 + e^z) − y z; its gradient is sigmoid(z) − y. */
function sigmoidCrossentropy(tf: Tf, yTrue: Tensor, logits: Tensor): Tensor {
  const entropy = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    save([z, yTrue])
    return {
      value: tf.sub(tf.softplus(z), tf.mul(yTrue, z)),
      gradFunc: (dy: Tensor, [savedZ = z, savedY = yTrue]: Tensor[]) => tf.mul(tf.sub(tf.sigmoid(savedZ), savedY), dy),
    }
  })
  return entropy(logits)
}

/** Of each row log(sum(e^z)) − z of the class; its gradient is softmax(z) − y. */
function softmaxCrossentropy(tf: Tf, oneHot: Tensor, logits: Tensor): Tensor {
  const native = nativeBackend(tf)
  if (native && logits.rank === 2) return nativeCrossentropy(tf, native, oneHot, logits)
  const entropy = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    const shifted = tf.sub(z, tf.max(z, -1, true))
    const exponents = tf.exp(shifted)
    const sums = tf.sum(exponents, -1, true)
    save([tf.div(exponents, sums), oneHot])
    return {
      value: tf.sum(tf.mul(oneHot, tf.sub(tf.log(sums), shifted)), -1),
      gradFunc: (dy: Tensor, [softmax = z, labels = oneHot]: Tensor[]) =>
        tf.mul(tf.sub(softmax, labels), tf.expandDims(dy, -1)),
    }
  })
  return entropy(logits)
}

/** The same by TensorFlow's one op for loss and gradient; `labels` are class numbers [rows] or rows of probabilities. */
function nativeCrossentropy(tf: Tf, native: NativeBackend, labels: Tensor, logits: Tensor): Tensor {
  const sparse = labels.rank === 1
  const attrs = [typeAttr(native, 'T', 'float32'), ...(sparse ? [typeAttr(native, 'Tlabels', 'int32')] : [])]
  const op = sparse ? 'SparseSoftmaxCrossEntropyWithLogits' : 'SoftmaxCrossEntropyWithLogits'
  const entropy = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    const [value, gradient] = native.executeMultipleOutputs(op, attrs, [z, labels], 2) as [Tensor, Tensor]
    save([gradient])
    return {
      value,
      gradFunc: (dy: Tensor, [saved = gradient]: Tensor[]) => tf.mul(saved, tf.expandDims(dy, -1)),
    }
  })
  return entropy(logits)
}

/** float32(1e-7) and its distance from 1: what Keras clips probabilities to. */
const LEAST = 1e-7
const MOST = Math.fround(1 - 1e-7)

function binaryCrossentropy(tf: Tf, yTrue: Tensor, output: Tensor): Tensor {
  const p = tf.clipByValue(output, LEAST, MOST)
  return tf.neg(tf.add(tf.mul(yTrue, tf.log(p)), tf.mul(tf.sub(1, yTrue), tf.log(tf.sub(1, p)))))
}

/** Keras divides each row by its sum before it clips. */
function probabilityCrossentropy(tf: Tf, oneHot: Tensor, output: Tensor): Tensor {
  const p = tf.clipByValue(tf.div(output, tf.sum(output, -1, true)), LEAST, MOST)
  return tf.neg(tf.sum(tf.mul(oneHot, tf.log(p)), -1))
}
