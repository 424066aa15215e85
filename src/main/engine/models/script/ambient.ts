/**
 * What the layers of a script's model are called within: whoever calls the model says so beforehand, as the model itself
 * hands neither TensorFlow.js nor `training` on to its layers.
 */
import type { StepCounter } from '../step-counter.ts'
import type { Tensor, Tf } from '../tf.ts'

export interface Ambient {
  readonly tf: Tf
  readonly seed: number
  readonly counter: StepCounter
  /** What the numbers of text columns stand for. */
  readonly texts?: readonly string[] | undefined
  /** Whether the present call is one of a training step. */
  training: boolean
  /** Of the objects in the fields of the model: its place, from which first weights and noise follow, and its name. */
  readonly placeOf: (layer: object) => { readonly index: number; readonly name: string } | null
  /** What an activation made of which logits, for losses that take them in. */
  readonly logits: WeakMap<Tensor, Logits>
}

export interface Logits {
  readonly activation: 'sigmoid' | 'softmax' | 'heaviside'
  readonly values: Tensor
}

let present: Ambient | null = null

/** @throws Error outside of a call of the model */
export function ambient(what: string): Ambient {
  if (present === null)
    throw new Error(`${what} is called outside of the model's call: there is nothing to compute yet`)
  return present
}

/** Does `work` as a call of the model. */
export function within<T>(given: Ambient, training: boolean, work: () => T): T {
  const before = { present, training: given.training }
  present = given
  given.training = training
  try {
    return work()
  } finally {
    present = before.present
    given.training = before.training
  }
}
