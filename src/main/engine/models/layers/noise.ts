/**
 * Layers that add noise while training. TensorFlow.js's own dropout draws the same mask at every step once it has a seed,
 * and its Gaussian noise takes none; these draw from Minima's generator, a new draw at each step, the same in each run.
 */
import type { Random } from '../../data/random.ts'
import { createRandom } from '../../data/random.ts'
import type { BuildArgs, LayerKind } from '../layer-kind.ts'
import { NO_WEIGHTS } from '../layer-kind.ts'
import type { Tensor, Tf, TfLayer } from '../tf.ts'

/** A layer that maps (input, noise of the same size) to its output while training, and does nothing else. */
function noiseLayer(
  tf: Tf,
  className: string,
  args: BuildArgs,
  draw: (into: Float32Array) => void,
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
      return tf.tidy(() => {
        const noise = new Float32Array(input.size)
        draw(noise)
        return apply(input, tf.tensor(noise, input.shape))
      })
    }
  }
  return new NoiseLayer(args)
}

/** Keeps each value with probability 1 − rate and scales it by 1 / (1 − rate). */
function dropoutMask(rate: number, random: Random): (into: Float32Array) => void {
  const dropsBelow = rate * 2 ** 32
  const kept = 1 / (1 - rate)
  return (into) => {
    for (let index = 0; index < into.length; index++) into[index] = random.nextUint32() < dropsBelow ? 0 : kept
  }
}

function normalNoise(stddev: number, random: Random): (into: Float32Array) => void {
  return (into) => {
    for (let index = 0; index < into.length; index++) into[index] = random.nextNormal() * stddev
  }
}

export const dropout: LayerKind<'dropout'> = {
  autoName: 'dropout',
  outputShape: (_spec, input) => input,
  weights: NO_WEIGHTS,
  build: (tf, spec, args, seed) =>
    noiseLayer(tf, 'SeededDropout', args, dropoutMask(spec.rate, createRandom(seed)), (x, mask) => tf.mul(x, mask)),
}

export const gaussianNoise: LayerKind<'gaussianNoise'> = {
  autoName: 'gaussian_noise',
  outputShape: (_spec, input) => input,
  weights: NO_WEIGHTS,
  build: (tf, spec, args, seed) =>
    noiseLayer(tf, 'SeededGaussianNoise', args, normalNoise(spec.stddev, createRandom(seed)), (x, n) => tf.add(x, n)),
}
