/** Dense, and the layers that only rearrange or squash. */
import { activationFunction, activationOf } from '../activations.ts'
import { kernelArgs, kernelWeights } from '../kernel.ts'
import type { BuildArgs, LayerKind } from '../layer-kind.ts'
import { lastOf, NO_WEIGHTS, ShapeFault, showShape, sizeOf } from '../layer-kind.ts'

import type { Tensor, Tf, TfLayer } from '../tf.ts'

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

export const reshape: LayerKind<'reshape'> = {
  autoName: 'reshape',
  outputShape(spec, input) {
    const wanted = sizeOf(spec.targetShape)
    if (wanted === sizeOf(input)) return spec.targetShape
    throw new ShapeFault(
      `an input of ${wanted} numbers to fill ${showShape(spec.targetShape)}`,
      input,
      `that is ${sizeOf(input)} numbers`,
    )
  },
  weights: NO_WEIGHTS,
  build: (tf, spec, args) => tf.layers.reshape({ ...args, targetShape: spec.targetShape }),
}

export const activation: LayerKind<'activation'> = {
  autoName: 'activation',
  outputShape({ activation: given }, input) {
    if (given !== 'glu') return input
    if (lastOf(input) % 2 === 1)
      throw new ShapeFault('an even number at the end, half of which glu takes for gates', input)
    return input.with(-1, lastOf(input) / 2)
  },
  weights: NO_WEIGHTS,
  build: (tf, spec, args) =>
    spec.activation === 'glu'
      ? gluLayer(tf, args)
      : tf.layers.activation({ ...args, activation: activationOf(tf, spec.activation) }),
}

export const leakyReLU: LayerKind<'leakyReLU'> = {
  autoName: 'leaky_re_lu',
  outputShape: (_spec, input) => input,
  weights: NO_WEIGHTS,
  build: (tf, spec, args) => tf.layers.leakyReLU({ ...args, alpha: spec.alpha }),
}

/** Half of the numbers are gates for the other half, so that a row gets shorter: TensorFlow.js's layer does not know of that. */
function gluLayer(tf: Tf, args: BuildArgs): TfLayer {
  class Glu extends tf.layers.Layer {
    static readonly className = 'Glu'

    override computeOutputShape(shape: (number | null)[]): (number | null)[] {
      return shape.with(-1, (shape.at(-1) ?? 0) / 2)
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const input = Array.isArray(inputs) ? inputs[0] : inputs
      if (input === undefined) throw new TypeError('glu was called without an input')
      return activationFunction(tf, 'glu')(input)
    }
  }
  tf.serialization.registerClass(Glu)
  return new Glu(args)
}
