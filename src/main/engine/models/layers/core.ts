/** Dense, and the layers that only rearrange. */
import { activationFunction, activationOf } from '../activations.ts'
import { kernelArgs, kernelWeights, trainedWeight } from '../kernel.ts'
import type { LayerKind, Shape } from '../layer-kind.ts'
import { lastOf, NO_WEIGHTS, ShapeFault, showShape, sizeOf } from '../layer-kind.ts'
import { chargeOutput } from '../weight-rules.ts'
import { configOf, customLayer } from './custom.ts'

export const dense: LayerKind<'dense'> = {
  autoName: 'dense',
  outputShape: (spec, input) => [...input.slice(0, -1), spec.units],
  weights: (spec, input) => kernelWeights(spec, [lastOf(input), spec.units]),
  build: (tf, spec, args) => tf.layers.dense({ ...args, ...kernelArgs(tf, spec), units: spec.units }),
}

export const flatten: LayerKind<'flatten'> = {
  autoName: 'flatten',
  outputShape: (_spec, input) => [sizeOf(input)],
  weights: NO_WEIGHTS,
  // Keras's takes rows that are flat already, tfjs's own refuses them.
  build: (tf, _spec, args, _noise, input) =>
    input.length > 1 ? tf.layers.flatten(args) : tf.layers.reshape({ ...args, targetShape: [sizeOf(input)] }),
}

/** With what is left in the place of -1. */
function filledIn(targetShape: Shape, input: Shape): number[] {
  const rest = sizeOf(input) / Math.abs(sizeOf(targetShape))
  return targetShape.map((size) => (size === -1 ? rest : size))
}

export const reshape: LayerKind<'reshape'> = {
  autoName: 'reshape',
  outputShape(spec, input) {
    const target = filledIn(spec.targetShape, input)
    const sensible = target.every((size) => Number.isInteger(size) && size > 0)
    if (sensible && sizeOf(target) === sizeOf(input)) return target
    const wanted = spec.targetShape.includes(-1)
      ? `an input that ${showShape(spec.targetShape)} holds, with at most one -1`
      : `an input of ${sizeOf(spec.targetShape)} numbers to fill ${showShape(spec.targetShape)}`
    throw new ShapeFault(wanted, input, `that is ${sizeOf(input)} numbers`)
  },
  weights: NO_WEIGHTS,
  build: (tf, spec, args, _noise, input) =>
    tf.layers.reshape({ ...args, targetShape: filledIn(spec.targetShape, input) }),
}

export const permute: LayerKind<'permute'> = {
  autoName: 'permute',
  outputShape({ dims }, input) {
    const wanted = input.map((_, index) => index + 1)
    if ([...dims].sort((one, other) => one - other).join() === wanted.join()) {
      return dims.map((dimension) => input[dimension - 1] ?? 1)
    }
    throw new ShapeFault(`an input whose dimensions are ${[...dims].sort().join(', ')}, in some order`, input)
  },
  weights: NO_WEIGHTS,
  build: (tf, { dims }, args) => tf.layers.permute({ ...args, dims }),
}

export const repeatVector: LayerKind<'repeatVector'> = {
  autoName: 'repeat_vector',
  outputShape({ n }, input) {
    if (input.length === 1) return [n, ...input]
    throw new ShapeFault('an input of [features]', input, 'put {type: flatten} before it')
  },
  weights: NO_WEIGHTS,
  build: (tf, { n }, args) => tf.layers.repeatVector({ ...args, n }),
}

export const activation: LayerKind<'activation'> = {
  autoName: 'activation',
  outputShape({ activation: given }, input) {
    if (given !== 'glu') return input
    if (lastOf(input) % 2 === 1) {
      throw new ShapeFault('an even number at the end, half of which glu takes for gates', input)
    }
    return input.with(-1, lastOf(input) / 2)
  },
  weights: NO_WEIGHTS,
  // Glu makes a row shorter, which TensorFlow.js's layer does not know of.
  build: (tf, spec, args, _noise, input) =>
    spec.activation === 'glu'
      ? customLayer(tf, args, {
          className: 'Glu',
          config: configOf(spec),
          outputShape: input.with(-1, lastOf(input) / 2),
          call: activationFunction(tf, 'glu'),
        })
      : tf.layers.activation({ ...args, activation: activationOf(tf, spec.activation) }),
}

export const activityRegularization: LayerKind<'activityRegularization'> = {
  autoName: 'activity_regularization',
  outputShape: (_spec, input) => input,
  weights: NO_WEIGHTS,
  build(tf, spec, args, _noise, input) {
    const layer = customLayer(tf, args, {
      className: 'ActivityRegularization',
      config: configOf(spec),
      outputShape: input,
      call: (values) => values,
    })
    chargeOutput(tf, layer, { l1: spec.l1, l2: spec.l2 })
    return layer
  },
}

export const embedding: LayerKind<'embedding'> = {
  autoName: 'embedding',
  outputShape: (spec, input) => [...input, spec.outputDim],
  weights: ({ inputDim, outputDim, ...spec }) => [
    trainedWeight('embeddings', [inputDim, outputDim], {
      initializer: spec.embeddingsInitializer,
      regularizer: spec.embeddingsRegularizer,
      constraint: spec.embeddingsConstraint,
    }),
  ],
  build: (tf, spec, args) =>
    tf.layers.embedding({
      ...args,
      inputDim: spec.inputDim,
      outputDim: spec.outputDim,
      embeddingsInitializer: 'zeros',
    }),
}
