/** Keras's constraints: what weights are brought back to after each update of the optimizer. */
import { constraint as constraintSchema, type Constraint } from '../../../contract/experiment/layers/weights.ts'
import type { Tensor, Tf } from './tf.ts'

export type Constrain = (weight: Tensor) => Tensor

/** Keras's `epsilon()`. */
const EPSILON = 1e-7

export function constrainBy(tf: Tf, constraint: Constraint): Constrain {
  const given = typeof constraint === 'string' ? constraintSchema.parse({ type: constraint }) : constraint
  if (typeof given === 'string') throw new TypeError(`${given} has no parameters`)
  const norms = (weight: Tensor, axis: number | number[]): Tensor =>
    tf.sqrt(tf.sum(tf.square(weight), axesWithin(axis, weight.rank), true))
  /** To the norms that `wanted` makes of those that there are. */
  const scaled = (weight: Tensor, axis: number | number[], wanted: (norms: Tensor) => Tensor): Tensor => {
    const lengths = norms(weight, axis)
    return tf.mul(weight, tf.div(wanted(lengths), tf.add(lengths, EPSILON)))
  }
  switch (given.type) {
    case 'nonNeg':
      return (weight) => tf.mul(weight, tf.cast(tf.greaterEqual(weight, 0), 'float32'))
    case 'unitNorm':
      return (weight) => tf.div(weight, tf.add(norms(weight, given.axis), EPSILON))
    case 'maxNorm':
      return (weight) => scaled(weight, given.axis, (lengths) => tf.clipByValue(lengths, 0, given.maxValue))
    case 'minMaxNorm': {
      const { rate, minValue, maxValue } = given
      const wanted = (lengths: Tensor): Tensor =>
        tf.add(tf.mul(tf.clipByValue(lengths, minValue, maxValue), rate), tf.mul(lengths, 1 - rate))
      return (weight) => scaled(weight, given.axis, wanted)
    }
  }
}

/** Those that a weight has: of a bias, which has one only, that one. */
function axesWithin(axis: number | number[], rank: number): number[] {
  const axes = [axis].flat().map((given) => (given < 0 ? given + rank : given))
  return axes.filter((given) => given < rank)
}
