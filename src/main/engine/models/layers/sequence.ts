/** Embeddings and recurrent layers. GRU is Keras's with `reset_after=False`, the only one TensorFlow.js has. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import type { Draw } from '../initial-weights.ts'
import { INITIALIZERS, orthogonal, zeros } from '../initial-weights.ts'
import type { LayerKind, Shape, Weight } from '../layer-kind.ts'
import { lastOf, ShapeFault } from '../layer-kind.ts'

export const embedding: LayerKind<'embedding'> = {
  autoName: 'embedding',
  outputShape: (spec, input) => [...input, spec.outputDim],
  weights: (spec) => [
    {
      name: 'embeddings',
      shape: [spec.inputDim, spec.outputDim],
      trainable: true,
      draw: INITIALIZERS.randomUniform,
    },
  ],
  build: (tf, spec, args) =>
    tf.layers.embedding({
      ...args,
      inputDim: spec.inputDim,
      outputDim: spec.outputDim,
      embeddingsInitializer: 'zeros',
    }),
}

type RecurrentSpec = LayerOf<'simpleRNN'> | LayerOf<'lstm'> | LayerOf<'gru'>

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

/** `gates` blocks of `units` columns lie side by side. */
function recurrentWeights(gates: number, bias: Draw) {
  return (spec: RecurrentSpec, input: Shape): readonly Weight[] => {
    const width = gates * spec.units
    const kernel = INITIALIZERS.glorotUniform
    return [
      { name: 'kernel', shape: [lastOf(input), width], trainable: true, draw: kernel },
      { name: 'recurrent_kernel', shape: [spec.units, width], trainable: true, draw: orthogonal },
      { name: 'bias', shape: [width], trainable: true, draw: bias },
    ]
  }
}

/** Keras's `unit_forget_bias`: gates are input, forget, cell, output, and the second starts at 1. */
const forgetOnes: Draw = ([width = 0]) => new Float32Array(width).fill(1, width / 4, width / 2)

function recurrentArgs(spec: RecurrentSpec) {
  return {
    units: spec.units,
    returnSequences: spec.returnSequences,
    activation: 'tanh',
    useBias: true,
    kernelInitializer: 'zeros',
    recurrentInitializer: 'zeros',
    biasInitializer: 'zeros',
  } as const
}

export const simpleRNN: LayerKind<'simpleRNN'> = {
  autoName: 'simple_rnn',
  outputShape,
  weights: recurrentWeights(1, zeros),
  build: (tf, spec, args) => tf.layers.simpleRNN({ ...args, ...recurrentArgs(spec) }),
}

export const lstm: LayerKind<'lstm'> = {
  autoName: 'lstm',
  outputShape,
  weights: recurrentWeights(4, forgetOnes),
  build: (tf, spec, args) =>
    tf.layers.lstm({ ...args, ...recurrentArgs(spec), recurrentActivation: 'sigmoid', unitForgetBias: false }),
}

export const gru: LayerKind<'gru'> = {
  autoName: 'gru',
  outputShape,
  weights: recurrentWeights(3, zeros),
  build: (tf, spec, args) => tf.layers.gru({ ...args, ...recurrentArgs(spec), recurrentActivation: 'sigmoid' }),
}
