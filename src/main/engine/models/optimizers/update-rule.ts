/** The rule of an optimizer: how one variable and what is remembered of it change by a gradient. */
import type { Tensor, Tf } from '../tf.ts'

/** One tensor like the variable, filled with `initial`. */
export interface SlotSpec {
  readonly name: string
  readonly initial: number
}

export type Scalars = Readonly<Record<string, number>>
export type Tensors = Readonly<Record<string, Tensor>>

export interface Updated {
  readonly w: Tensor
  readonly slots: Tensors
}

export interface UpdateRule {
  readonly slots: readonly SlotSpec[]
  /**
   * What update number `t` (1, 2, …) is computed with: all that depends on `t` or on the learning rate, which is always
   * there as `learningRate`. The names are the same for all `t`.
   */
  scalars(t: number, learningRate: number): Scalars
  /**
   * The new values, by plain ops on any backend: nothing is read, nothing decided by a value, so that the ops can be
   * recorded once and run for every `t`.
   *
   * @param s scalar tensors by the names of `scalars`
   */
  update(tf: Tf, w: Tensor, g: Tensor, slots: Tensors, s: Tensors): Updated
}

/** @throws when a rule asks for what it did not name: a slip in the rule itself */
export function named(tensors: Tensors, name: string): Tensor {
  const tensor = tensors[name]
  if (tensor === undefined) throw new Error(`there is no tensor called ${name}`)
  return tensor
}

/** `decay × old + (1 - decay) × value` as Keras's Adadelta and RMSprop have it. */
export function movingMean(tf: Tf, decay: number, old: Tensor, value: Tensor): Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(value, 1 - decay))
}

/** `old + (value - old) × share` as Keras's Adam and its kin have it. */
export function moveTowards(tf: Tf, old: Tensor, value: Tensor, share: number): Tensor {
  return tf.add(old, tf.mul(tf.sub(value, old), share))
}
