/** One step of each recurrent layer, with Keras's gates in Keras's order. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'

import { activationFunction } from '../activations.ts'
import type { Tensor, Tf } from '../tf.ts'

export type RecurrentSpec = LayerOf<'simpleRNN'> | LayerOf<'lstm'> | LayerOf<'gru'>

export interface CellWeights {
  /** [units, gates · units] */
  readonly recurrentKernel: Tensor
  /** [gates · units], added to the product with the state: a GRU's that resets after it. */
  readonly recurrentBias: Tensor | null
}

/**
 * @param given the step's input times the kernel, with its bias: [rows, gates · units]
 * @param states the output of the step before, [rows, units], and what else the cell remembers
 * @returns the states after the step, of which the first is its output
 */
export type Cell = (given: Tensor, states: readonly Tensor[]) => Tensor[]

type Dropped = (state: Tensor) => Tensor

/** @param dropped drops of the state, where it is multiplied */
export function cellOf(tf: Tf, spec: RecurrentSpec, weights: CellWeights, dropped: Dropped): Cell {
  const activate = activationFunction(tf, spec.activation)
  const product = (state: Tensor, kernel: Tensor): Tensor => tf.matMul(state as never, kernel as never)
  if (spec.type === 'simpleRNN') {
    return (given, [state]) => [activate(tf.add(given, product(dropped(state as Tensor), weights.recurrentKernel)))]
  }
  const gate = activationFunction(tf, spec.recurrentActivation)
  if (spec.type === 'lstm') {
    return (given, [state, carried]) => {
      const sums = tf.add(given, product(dropped(state as Tensor), weights.recurrentKernel))
      const [into, forget, cell, out] = tf.split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor]
      const carry = tf.add(tf.mul(gate(forget), carried as Tensor), tf.mul(gate(into), activate(cell)))
      return [tf.mul(gate(out), activate(carry)), carry]
    }
  }
  return spec.resetAfter
    ? gruResettingAfter(tf, weights, activate, gate, dropped)
    : gruResettingBefore(tf, spec.units, weights, activate, gate, dropped)
}

type Map = (x: Tensor) => Tensor

function gruResettingAfter(tf: Tf, weights: CellWeights, activate: Map, gate: Map, dropped: Dropped): Cell {
  return (given, [before]) => {
    const state = before as Tensor
    const raw = tf.matMul(dropped(state) as never, weights.recurrentKernel as never) as Tensor
    const product = weights.recurrentBias ? tf.add(raw, weights.recurrentBias) : raw
    const [givenUpdate, givenReset, givenNew] = tf.split(given, 3, 1) as [Tensor, Tensor, Tensor]
    const [keptUpdate, keptReset, keptNew] = tf.split(product, 3, 1) as [Tensor, Tensor, Tensor]
    const reset = gate(tf.add(givenReset, keptReset))
    const proposed = activate(tf.add(givenNew, tf.mul(reset, keptNew)))
    return [blend(tf, gate(tf.add(givenUpdate, keptUpdate)), state, proposed)]
  }
}

function gruResettingBefore(
  tf: Tf,
  units: number,
  { recurrentKernel }: CellWeights,
  activate: Map,
  gate: Map,
  dropped: Dropped,
): Cell {
  const [gates, proposal] = tf.split(recurrentKernel, [2 * units, units], 1) as [Tensor, Tensor]
  return (given, [before]) => {
    const state = before as Tensor
    const held = dropped(state)
    const [givenUpdate, givenReset, givenNew] = tf.split(given, 3, 1) as [Tensor, Tensor, Tensor]
    const product = tf.matMul(held as never, gates as never) as Tensor
    const [keptUpdate, keptReset] = tf.split(product, 2, 1) as [Tensor, Tensor]
    const reset = tf.mul(gate(tf.add(givenReset, keptReset)), held)
    const proposed = activate(tf.add(givenNew, tf.matMul(reset as never, proposal as never) as Tensor))
    return [blend(tf, gate(tf.add(givenUpdate, keptUpdate)), state, proposed)]
  }
}

/** update · state + (1 − update) · proposed */
function blend(tf: Tf, update: Tensor, state: Tensor, proposed: Tensor): Tensor {
  return tf.add(tf.mul(update, state), tf.mul(tf.sub(1, update), proposed))
}
