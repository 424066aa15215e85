/**
 * Layers that add noise while training. TensorFlow.js's own dropout draws the same mask at every step once it has a seed,
 * and its Gaussian noise takes none; these draw TensorFlow's stateless random numbers from the run's seed and the step's
 * number: a new draw at each step, the same in each run, on every backend.
 */
import type { BuildArgs, LayerKind } from '../layer-kind.ts'
import { NO_WEIGHTS } from '../layer-kind.ts'
import { nativeBackend, typeAttr, type NativeBackend } from '../native-ops.ts'
import { fillNormal, fillUniform } from '../philox.ts'
import type { StepCounter } from '../step-counter.ts'
import type { Tensor, Tf, TfLayer } from '../tf.ts'

type Distribution = 'uniform' | 'normal'

const DISTRIBUTIONS = {
  uniform: { op: 'StatelessRandomUniform', fill: fillUniform },
  normal: { op: 'StatelessRandomNormal', fill: fillNormal },
} as const

/** Numbers like `input`'s, of layer `stream` at the present step. */
function draw(tf: Tf, distribution: Distribution, like: Tensor, stream: number, counter: StepCounter): Tensor {
  const native = nativeBackend(tf)
  if (native) return drawNatively(tf, native, distribution, like.shape, stream, counter)
  const numbers = new Float32Array(like.size)
  DISTRIBUTIONS[distribution].fill([stream, counter.step], numbers)
  return tf.tensor(numbers, like.shape)
}

function drawNatively(
  tf: Tf,
  native: NativeBackend,
  distribution: Distribution,
  shape: number[],
  stream: number,
  { step, traced }: StepCounter,
): Tensor {
  const seed = tf.stack([tf.scalar(stream, 'int32'), traced ?? tf.scalar(step, 'int32')])
  const attrs = [
    typeAttr(native, 'dtype', 'float32'),
    typeAttr(native, 'T', 'int32'),
    typeAttr(native, 'Tseed', 'int32'),
  ]
  const inputs = [tf.tensor1d(shape, 'int32'), seed]
  return native.executeMultipleOutputs(DISTRIBUTIONS[distribution].op, attrs, inputs, 1)[0] as Tensor
}

/** A layer that maps (input, noise of the same size) to its output while training, and does nothing else. */
function noiseLayer(
  tf: Tf,
  className: string,
  args: BuildArgs,
  noise: (like: Tensor) => Tensor,
  apply: (input: Tensor, noise: Tensor) => Tensor,
): TfLayer {
  class NoiseLayer extends tf.layers.Layer {
    static readonly className = className
    override readonly supportsMasking = true

    override computeOutputShape(inputShape: (number | null)[]): (number | null)[] {
      return inputShape
    }

    override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
      const input = Array.isArray(inputs) ? inputs[0] : inputs
      if (input === undefined) throw new TypeError(`${className} was called without an input`)
      if (kwargs.training !== true) return input
      return tf.tidy(() => apply(input, noise(input)))
    }
  }
  return new NoiseLayer(args)
}

/** Keeps each value with probability 1 − rate and scales it by 1 / (1 − rate). */
export const dropout: LayerKind<'dropout'> = {
  autoName: 'dropout',
  outputShape: (_spec, input) => input,
  weights: NO_WEIGHTS,
  build(tf, { rate }, args, { seed, counter }) {
    const noise = (like: Tensor): Tensor => draw(tf, 'uniform', like, streamOf(seed), counter)
    return noiseLayer(tf, 'SeededDropout', args, noise, (input, uniform) => {
      const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32')
      return tf.mul(input, tf.mul(kept, 1 / (1 - rate)))
    })
  },
}

export const gaussianNoise: LayerKind<'gaussianNoise'> = {
  autoName: 'gaussian_noise',
  outputShape: (_spec, input) => input,
  weights: NO_WEIGHTS,
  build(tf, { stddev }, args, { seed, counter }) {
    const noise = (like: Tensor): Tensor => draw(tf, 'normal', like, streamOf(seed), counter)
    return noiseLayer(tf, 'SeededGaussianNoise', args, noise, (input, normal) => tf.add(input, tf.mul(normal, stddev)))
  },
}

/** The seed's 31 low bits: what TensorFlow's int32 seeds hold without a sign. */
function streamOf(seed: number): number {
  return seed & 0x7fffffff
}
