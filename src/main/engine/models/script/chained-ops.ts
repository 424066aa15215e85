/**
 * `x.relu().sum()` in place of `tf.sum(tf.relu(x))`: TensorFlow.js's own backends bring it, the core that the slower ones stand
 * on does not.
 */
import type { Tensor, Tf } from '../tf.ts'

/** TensorFlow.js's list: methods of a tensor that are an op of the same name, with the tensor as the first argument. */
const METHODS =
  `abs acos acosh add all any argMax argMin asin asinh atan atan2 atanh avgPool batchNorm batchToSpaceND broadcastTo
cast ceil clipByValue conv1d conv2d conv2dTranspose cos cosh cumprod cumsum depthToSpace depthwiseConv2d dilation2d div
divNoNan dot elu equal erf euclideanNorm exp expandDims expm1 fft floor floorDiv gather greater greaterEqual ifft irfft
isFinite isInf isNaN leakyRelu less lessEqual localResponseNormalization log log1p logSigmoid logSoftmax logSumExp logicalAnd
logicalNot logicalOr logicalXor matMul max maxPool maximum mean min minimum mirrorPad mod mul neg norm notEqual oneHot onesLike
pad pool pow prelu prod reciprocal relu relu6 reshape reverse rfft round rsqrt selu separableConv2d sigmoid sign sin sinh
slice softmax softplus spaceToBatchND split sqrt square squaredDifference squeeze step stridedSlice sub sum tan tanh tile topk
transpose unique unsortedSegmentSum unstack zerosLike`.split(/\s+/)

type Method = (this: Tensor, ...args: never[]) => unknown

/** Those that are there already are left alone. */
export function addChainedOps(tf: Tf): void {
  const prototype = tf.Tensor.prototype as unknown as Record<string, unknown>
  const ops = tf as unknown as Record<string, (...args: unknown[]) => unknown>
  const add = (name: string, method: Method): void => {
    if (!(name in prototype))
      Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true })
  }
  for (const name of METHODS) {
    add(name, function (...args) {
      return ops[name]?.(this, ...args)
    })
  }
  add('resizeBilinear', function (...args) {
    return tf.image.resizeBilinear(this as never, ...(args as unknown as [never]))
  })
  add('resizeNearestNeighbor', function (...args) {
    return tf.image.resizeNearestNeighbor(this as never, ...(args as unknown as [never]))
  })
  add('concat', function (others: Tensor | Tensor[], axis?: number) {
    return tf.concat([this, ...[others].flat()], axis)
  })
  add('stack', function (others: Tensor | Tensor[], axis?: number) {
    return tf.stack([this, ...[others].flat()], axis)
  })
  add('where', function (condition: Tensor, other: Tensor) {
    return tf.where(condition, this, other)
  })
  add('flatten', function () {
    return tf.reshape(this, [this.size])
  })
  add('asScalar', function () {
    return tf.reshape(this, [])
  })
  add('reshapeAs', function (other: Tensor) {
    return tf.reshape(this, other.shape)
  })
  add('asType', function (dtype: 'float32') {
    return tf.cast(this, dtype)
  })
  for (const [name, dtype] of [
    ['toFloat', 'float32'],
    ['toInt', 'int32'],
    ['toBool', 'bool'],
  ] as const) {
    add(name, function () {
      return tf.cast(this, dtype)
    })
  }
}
