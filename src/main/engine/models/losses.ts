/**
 * Losses as Keras computes them inside fit: a mean over rows, and cross-entropies from logits, without clipping, when the
 * model's last activation could be left off. Gradients of the cross-entropies are given, not derived: exact at a logit
 * of 0, where composites of relu and abs are not, and a handful of kernels instead of a dozen. They `save` all that they
 * need: other tensors of the forward pass are gone by the time gradients are asked for.
 */
import type { Loss } from '../../../contract/experiment/losses.ts'
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
  const costs = createCosts(tf, loss, fromLogits)
  const ignored = loss.type === 'sparseCategoricalCrossentropy' ? loss.ignoreClass : null
  if (ignored === null) return (yTrue, output, weights = null) => weightedMean(tf, costs(yTrue, output), weights)
  // Rows of the ignored class count neither in the sum nor in what it is divided by.
  return (yTrue, output, weights = null) => {
    const counted = tf.cast(tf.notEqual(tf.reshape(yTrue, [-1]), ignored), 'float32')
    const kept = tf.mul(costs(tf.mul(yTrue, tf.reshape(counted, yTrue.shape)), output), counted)
    return tf.div(tf.sum(weights ? tf.mul(kept, weights) : kept), tf.sum(counted))
  }
}

function weightedMean(tf: Tf, costs: Tensor, weights: Tensor | null): Scalar {
  if (weights === null) return tf.mean(costs) as Scalar
  return tf.mean(tf.mul(perRow(tf, costs), weights)) as Scalar
}

/** Means over what a row has of costs. @returns [rows] */
export function perRow(tf: Tf, costs: Tensor): Tensor {
  return costs.rank === 1 ? costs : tf.mean(costs, axesFrom1(costs))
}

function axesFrom1(tensor: Tensor): number[] {
  return tensor.shape.slice(1).map((_, axis) => axis + 1)
}

/** The cost of each element, or of each row, before any mean. */
export function createCosts(tf: Tf, loss: Loss, fromLogits: boolean): Elementwise {
  const like = (yTrue: Tensor, output: Tensor): Tensor => tf.reshape(yTrue, output.shape)
  const alike = (costs: Elementwise): Elementwise => {
    return (yTrue, output) => costs(like(yTrue, output), output)
  }
  switch (loss.type) {
    case 'meanSquaredError':
      return alike((y, p) => tf.squaredDifference(p, y))
    case 'meanAbsoluteError':
      return alike((y, p) => tf.abs(tf.sub(p, y)))
    case 'meanAbsolutePercentageError':
      return alike((y, p) => tf.mul(tf.abs(tf.div(tf.sub(y, p), tf.maximum(tf.abs(y), EPSILON))), 100))
    case 'meanSquaredLogarithmicError':
      return alike((y, p) => tf.squaredDifference(logOf(tf, p), logOf(tf, y)))
    case 'logCosh':
      return alike((y, p) => logCosh(tf, tf.sub(p, y)))
    case 'huber':
      return alike((y, p) => huber(tf, y, p, loss.delta))
    case 'cosineSimilarity':
      return alike((y, p) => tf.neg(tf.sum(tf.mul(unit(tf, y), unit(tf, p)), -1)))
    case 'poisson':
      return alike((y, p) => tf.sub(p, tf.mul(y, tf.log(tf.add(p, EPSILON)))))
    case 'klDivergence':
      return alike((y, p) => divergence(tf, tf.clipByValue(y, EPSILON, 1), tf.clipByValue(p, EPSILON, 1)))
    case 'binaryCrossentropy': {
      const entropy = fromLogits || loss.fromLogits ? sigmoidCrossentropy : binaryCrossentropy
      return alike((y, p) => entropy(tf, smoothed(tf, y, loss.labelSmoothing, 2), p))
    }
    case 'categoricalCrossentropy': {
      const entropy = fromLogits || loss.fromLogits ? softmaxCrossentropy : probabilityCrossentropy
      return (y, p) => entropy(tf, smoothed(tf, y, loss.labelSmoothing, p.shape.at(-1) ?? 1), p)
    }
    case 'sparseCategoricalCrossentropy':
      return sparseCrossentropy(tf, fromLogits || loss.fromLogits)
    case 'binaryFocalCrossentropy':
      return alike((y, output) => {
        const p = fromLogits || loss.fromLogits ? tf.sigmoid(output) : output
        return binaryFocal(tf, smoothed(tf, y, loss.labelSmoothing, 2), p, loss)
      })
    case 'categoricalFocalCrossentropy':
      return (y, output) => {
        const p = fromLogits || loss.fromLogits ? tf.softmax(output) : output
        return categoricalFocal(tf, smoothed(tf, y, loss.labelSmoothing, p.shape.at(-1) ?? 1), p, loss)
      }
    case 'hinge':
      return alike((y, p) => hinge(tf, y, p))
    case 'squaredHinge':
      return alike((y, p) => tf.square(hinge(tf, y, p)))
    case 'categoricalHinge':
      return alike((y, p) => {
        const right = tf.sum(tf.mul(y, p), -1)
        const wrong = tf.max(tf.mul(tf.sub(1, y), p), -1)
        return tf.relu(tf.add(tf.sub(wrong, right), 1))
      })
    case 'perceptron':
      return alike((y, z) => perceptronRule(tf, y, z, fromLogits))
  }
}

/** What Keras adds to, or keeps from, zero. */
const EPSILON = 1e-7

/** Straight from `delta` on, a parabola below. */
function huber(tf: Tf, yTrue: Tensor, output: Tensor, delta: number): Tensor {
  const error = tf.abs(tf.sub(output, yTrue))
  const quadratic = tf.minimum(error, delta)
  return tf.add(tf.mul(tf.square(quadratic), 0.5), tf.mul(tf.sub(error, quadratic), delta))
}

function logOf(tf: Tf, x: Tensor): Tensor {
  return tf.log(tf.add(tf.maximum(x, EPSILON), 1))
}

/** log(cosh(x)), which for a great x is |x| − log 2. */
function logCosh(tf: Tf, x: Tensor): Tensor {
  return tf.sub(tf.add(x, tf.softplus(tf.mul(x, -2))), Math.LN2)
}

/** Rows of length 1. */
function unit(tf: Tf, rows: Tensor): Tensor {
  const inverse = tf.rsqrt(tf.sum(tf.square(rows), -1, true))
  return tf.mul(rows, tf.minimum(inverse, 1 / EPSILON))
}

function divergence(tf: Tf, yTrue: Tensor, output: Tensor): Tensor {
  return tf.sum(tf.mul(yTrue, tf.log(tf.div(yTrue, output))), -1)
}

function smoothed(tf: Tf, yTrue: Tensor, smoothing: number, classes: number): Tensor {
  return smoothing === 0 ? yTrue : tf.add(tf.mul(yTrue, 1 - smoothing), smoothing / classes)
}

function sparseCrossentropy(tf: Tf, fromLogits: boolean): Elementwise {
  return (yTrue, output) => {
    const classes = tf.cast(tf.reshape(yTrue, [-1]), 'int32')
    const native = nativeBackend(tf)
    if (fromLogits && native && output.rank === 2) return nativeCrossentropy(tf, native, classes, output)
    const oneHot = tf.cast(tf.oneHot(classes, output.shape.at(-1) ?? 0), 'float32')
    return (fromLogits ? softmaxCrossentropy : probabilityCrossentropy)(tf, oneHot, output)
  }
}

interface Focus {
  readonly alpha: number
  readonly gamma: number
}

/** Rows that are told right already count less (Lin et al. 2018). */
function binaryFocal(
  tf: Tf,
  yTrue: Tensor,
  p: Tensor,
  { alpha, gamma, applyClassBalancing }: Focus & { applyClassBalancing: boolean },
): Tensor {
  const right = tf.add(tf.mul(yTrue, p), tf.mul(tf.sub(1, yTrue), tf.sub(1, p)))
  const cost = tf.mul(tf.pow(tf.sub(1, right), gamma), binaryCrossentropy(tf, yTrue, p))
  if (!applyClassBalancing) return cost
  return tf.mul(tf.add(tf.mul(yTrue, alpha), tf.mul(tf.sub(1, yTrue), 1 - alpha)), cost)
}

function categoricalFocal(tf: Tf, yTrue: Tensor, output: Tensor, { alpha, gamma }: Focus): Tensor {
  const p = tf.clipByValue(tf.div(output, tf.sum(output, -1, true)), LEAST, MOST)
  const entropy = tf.neg(tf.mul(yTrue, tf.log(p)))
  return tf.sum(tf.mul(tf.mul(tf.pow(tf.sub(1, p), gamma), alpha), entropy), -1)
}

/** Labels of 0 and 1 are taken for −1 and 1, when a whole batch has no others. */
function hinge(tf: Tf, yTrue: Tensor, output: Tensor): Tensor {
  const isBinary = tf.cast(tf.all(tf.logicalOr(tf.equal(yTrue, 0), tf.equal(yTrue, 1))), 'float32')
  const signs = tf.add(yTrue, tf.mul(isBinary, tf.sub(yTrue, 1)))
  return tf.relu(tf.sub(1, tf.mul(signs, output)))
}

/** (step(z) − y) z, whose gradient with respect to z is the error of the step function: step(z) − y (Rosenblatt 1958). */
function perceptronRule(tf: Tf, yTrue: Tensor, output: Tensor, fromLogits: boolean): Tensor {
  const rule = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    const told = fromLogits ? tf.cast(tf.greaterEqual(z, 0), 'float32') : z
    const error = tf.sub(told, yTrue)
    save([error])
    return { value: tf.mul(error, z), gradFunc: (dy: Tensor, [saved = error]: Tensor[]) => tf.mul(dy, saved) }
  })
  return rule(output)
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
