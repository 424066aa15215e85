/** Recurrent layers: simpleRNN, LSTM and GRU, one way or both. */

import type { Draw } from '../initial-weights.ts'
import { kernelWeights, trainedWeight } from '../kernel.ts'
import type { LayerKind, NoiseSource, Shape, Weight } from '../layer-kind.ts'
import { lastOf, ShapeFault } from '../layer-kind.ts'
import type { Tensor, Tf } from '../tf.ts'
import { configOf, customLayer } from './custom.ts'
import { draw } from './draw.ts'
import { drop } from './noise.ts'
import { cellOf, type RecurrentSpec } from './recurrent-cells.ts'

const GATES = { simpleRNN: 1, lstm: 4, gru: 3 } as const

function outputShape(spec: RecurrentSpec, input: Shape): Shape {
  const [steps, features] = input
  if (input.length !== 2 || steps === undefined || features === undefined) {
    throw new ShapeFault(
      'an input of [steps, features]',
      input,
      input.length === 1 ? `put {type: reshape, targetShape: [${input[0]}, 1]} before it` : undefined,
    )
  }
  return spec.returnSequences ? [steps, spec.units] : [spec.units]
}

/** Gates' blocks of `units` columns lie side by side; a GRU that resets after the product has two rows of biases. */
function recurrentWeights(spec: RecurrentSpec, input: Shape): readonly Weight[] {
  const width = GATES[spec.type] * spec.units
  const [kernel, bias] = kernelWeights(spec, [lastOf(input), width])
  const recurrent = trainedWeight('recurrent_kernel', [spec.units, width], {
    initializer: spec.recurrentInitializer,
    regularizer: spec.recurrentRegularizer,
    constraint: spec.recurrentConstraint,
  })
  const biases = bias ? [{ ...bias, ...firstBias(spec, bias) }] : []
  return [...(kernel ? [kernel] : []), recurrent, ...biases]
}

function firstBias(spec: RecurrentSpec, bias: Weight): Pick<Weight, 'shape' | 'draw'> {
  if (spec.type === 'gru' && spec.resetAfter) return { shape: [2, ...bias.shape], draw: bias.draw }
  if (spec.type === 'lstm' && spec.unitForgetBias) return { shape: bias.shape, draw: forgetOnes(bias.draw) }
  return bias
}

/** Gates are input, forget, cell, output, and the second starts at 1. */
function forgetOnes(others: Draw): Draw {
  return (shape, random) => {
    const width = shape[0] ?? 0
    return others(shape, random).fill(1, width / 4, width / 2)
  }
}

/** @param input [rows, steps, features] @returns [rows, steps, units] in the order in which steps are taken, or the last */
function run(tf: Tf, spec: RecurrentSpec, input: Tensor, weights: readonly Tensor[], noise: Noise | null): Tensor {
  const [rows = 1, steps = 1, features = 1] = input.shape
  const [kernel, recurrentKernel, biases] = weights as [Tensor, Tensor, Tensor | undefined]
  const twoBiases = biases?.rank === 2
  const [bias, recurrentBias = null] = twoBiases ? tf.unstack(biases) : [biases]
  const kept = noise && spec.dropout > 0 ? drop(tf, spec.dropout, input, noise.draw([rows, 1, features], 0)) : input
  const product: Tensor = tf.matMul(tf.reshape(kept, [rows * steps, features]), kernel as never)
  const given = tf.reshape(bias ? tf.add(product, bias) : product, [rows, steps, kernel.shape[1] ?? 1])

  const uniform = noise && spec.recurrentDropout > 0 ? noise.draw([rows, spec.units], 1) : null
  const dropped = (state: Tensor): Tensor => (uniform ? drop(tf, spec.recurrentDropout, state, uniform) : state)
  const cell = cellOf(tf, spec, { recurrentKernel, recurrentBias }, dropped)

  const start = tf.zeros([rows, spec.units])
  let states: Tensor[] = spec.type === 'lstm' ? [start, start] : [start]
  const outputs: Tensor[] = []
  const each = tf.unstack(given, 1)
  // A copy: the array is the tape's own.
  for (const step of spec.goBackwards ? each.toReversed() : each) {
    states = cell(step, states)
    outputs.push(states[0] as Tensor)
  }
  return spec.returnSequences ? tf.stack(outputs, 1) : (outputs.at(-1) as Tensor)
}

interface Noise {
  /** Uniform numbers, others for each `place`. */
  draw(shape: number[], place: number): Tensor
}

/** Places apart by a step of seeds that no layer's own are. */
function noiseOf(tf: Tf, source: NoiseSource, first: number): Noise {
  const seedOf = (place: number): number => (source.seed ^ Math.imul(first + place, 0x9e3779b1)) >>> 0
  return { draw: (shape, place) => draw(tf, 'uniform', shape, { ...source, seed: seedOf(place) }) }
}

function recurrent<T extends RecurrentSpec['type']>(autoName: string, className: string): LayerKind<T> {
  return {
    autoName,
    outputShape: (spec: RecurrentSpec, input) => outputShape(spec, input),
    weights: (spec: RecurrentSpec, input) => recurrentWeights(spec, input),
    build: (tf, spec: RecurrentSpec, args, source, input) =>
      customLayer(tf, args, {
        className,
        config: configOf(spec),
        weights: recurrentWeights(spec, input),
        outputShape: outputShape(spec, input),
        call: (values, weights, training) => run(tf, spec, values, weights, training ? noiseOf(tf, source, 1) : null),
      }),
  }
}

export const simpleRNN = recurrent<'simpleRNN'>('simple_rnn', 'SimpleRNN')
export const lstm = recurrent<'lstm'>('lstm', 'LSTM')
export const gru = recurrent<'gru'>('gru', 'GRU')

/** Weights of the layer that goes forward, then of the one that goes back. */
function bothWays(spec: RecurrentSpec, input: Shape): readonly Weight[] {
  const own = recurrentWeights(spec, input)
  return ['forward', 'backward'].flatMap((way) => own.map((weight) => ({ ...weight, name: `${way}_${weight.name}` })))
}

export const bidirectional: LayerKind<'bidirectional'> = {
  autoName: 'bidirectional',
  outputShape({ layer, mergeMode }, input) {
    const one = outputShape(layer, input)
    return mergeMode === 'concat' ? [...one.slice(0, -1), 2 * lastOf(one)] : one
  },
  weights: ({ layer }, input) => bothWays(layer, input),
  build: (tf, spec, args, source, input) =>
    customLayer(tf, args, {
      className: 'Bidirectional',
      config: configOf(spec),
      weights: bothWays(spec.layer, input),
      outputShape: bidirectional.outputShape(spec, input),
      call(values, weights, training) {
        const { layer, mergeMode } = spec
        const half = weights.length / 2
        const pass = (goBackwards: boolean, own: readonly Tensor[]): Tensor => {
          const noise = training ? noiseOf(tf, source, goBackwards ? 3 : 1) : null
          return run(tf, { ...layer, goBackwards }, values, own, noise)
        }
        const forward = pass(layer.goBackwards, weights.slice(0, half))
        const last = pass(!layer.goBackwards, weights.slice(half))
        const backward = layer.returnSequences ? tf.reverse(last, 1) : last
        if (mergeMode === 'concat') return tf.concat([forward, backward], -1)
        if (mergeMode === 'mul') return tf.mul(forward, backward)
        const sum = tf.add(forward, backward)
        return mergeMode === 'ave' ? tf.div(sum, 2) : sum
      },
    }),
}
