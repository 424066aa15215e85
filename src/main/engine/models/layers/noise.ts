/**
 * Layers that add noise while training. TensorFlow.js's own dropout draws the same mask at every step once it has a seed,
 * and its Gaussian noise takes none; these draw TensorFlow's stateless random numbers from the run's seed and the step's
 * number: a new draw at each step, the same in each run, on every backend.
 */
import type { LayerOf, LayerType } from '../../../../contract/experiment/layers.ts'
import type { LayerKind, NoiseSource } from '../layer-kind.ts'
import { NO_WEIGHTS } from '../layer-kind.ts'
import type { Tensor, Tf } from '../tf.ts'
import { configOf, customLayer } from './custom.ts'
import { draw, type Distribution } from './draw.ts'
import { assertChannelsLast } from './window.ts'

interface Noise<T extends LayerType> {
  readonly autoName: string
  readonly className: string
  readonly distribution: Distribution
  /** Of channels: the number of dimensions before them. */
  readonly dimensions?: 1 | 2 | 3
  /** Of what is drawn, for an input of `shape`, both with the batch; by default the same. */
  drawn?(spec: LayerOf<T>, shape: readonly number[]): number[]
  apply(tf: Tf, spec: LayerOf<T>, input: Tensor, noise: Tensor): Tensor
}

/** A layer that maps an input and noise to its output while training, and does nothing else. */
function noiseLayer<T extends LayerType>(noise: Noise<T>): LayerKind<T> {
  return {
    autoName: noise.autoName,
    outputShape(_spec, input) {
      if (noise.dimensions !== undefined) assertChannelsLast(input, noise.dimensions)
      return input
    },
    weights: NO_WEIGHTS,
    build: (tf, spec, args, source: NoiseSource, input) =>
      customLayer(tf, args, {
        className: noise.className,
        config: configOf(spec),
        outputShape: input,
        call(values, _weights, training) {
          if (!training) return values
          const shape = noise.drawn?.(spec, values.shape) ?? values.shape
          return noise.apply(tf, spec, values, draw(tf, noise.distribution, shape, source))
        },
      }),
  }
}

/** Keeps each value with probability 1 − rate and scales it by 1 / (1 − rate). */
export function drop(tf: Tf, rate: number, input: Tensor, uniform: Tensor): Tensor {
  const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32')
  return tf.mul(input, tf.mul(kept, 1 / (1 - rate)))
}

/** `null` is as long as the input. */
function maskShape(noiseShape: readonly (number | null)[] | undefined, shape: readonly number[]): number[] {
  return shape.map((size, dimension) => (noiseShape === undefined ? size : (noiseShape[dimension] ?? size)))
}

export const dropout = noiseLayer<'dropout'>({
  autoName: 'dropout',
  className: 'Dropout',
  distribution: 'uniform',
  drawn: ({ noiseShape }, shape) => maskShape(noiseShape, shape),
  apply: (tf, { rate }, input, uniform) => drop(tf, rate, input, uniform),
})

function spatialDropout<T extends 'spatialDropout1d' | 'spatialDropout2d' | 'spatialDropout3d'>(dimensions: 1 | 2 | 3) {
  return noiseLayer<T>({
    autoName: `spatial_dropout${dimensions}d`,
    className: `SpatialDropout${dimensions}D`,
    distribution: 'uniform',
    dimensions,
    drawn: (_spec, shape) => shape.map((size, dimension) => (dimension % (shape.length - 1) === 0 ? size : 1)),
    apply: (tf, spec: { readonly rate: number }, input, uniform) => drop(tf, spec.rate, input, uniform),
  })
}

export const spatialDropout1d = spatialDropout<'spatialDropout1d'>(1)
export const spatialDropout2d = spatialDropout<'spatialDropout2d'>(2)
export const spatialDropout3d = spatialDropout<'spatialDropout3d'>(3)

/** What selu gives for very negative numbers: −scale · alpha. */
const DROPPED = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717

export const alphaDropout = noiseLayer<'alphaDropout'>({
  autoName: 'alpha_dropout',
  className: 'AlphaDropout',
  distribution: 'uniform',
  drawn: ({ noiseShape }, shape) => maskShape(noiseShape, shape),
  apply(tf, { rate }, input, uniform) {
    const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32')
    const scale = ((1 - rate) * (1 + rate * DROPPED ** 2)) ** -0.5
    const dropped = tf.add(tf.mul(input, kept), tf.mul(tf.sub(1, kept), DROPPED))
    return tf.add(tf.mul(dropped, scale), -scale * DROPPED * rate)
  },
})

export const gaussianDropout = noiseLayer<'gaussianDropout'>({
  autoName: 'gaussian_dropout',
  className: 'GaussianDropout',
  distribution: 'normal',
  apply: (tf, { rate }, input, normal) => tf.mul(input, tf.add(tf.mul(normal, Math.sqrt(rate / (1 - rate))), 1)),
})

export const gaussianNoise = noiseLayer<'gaussianNoise'>({
  autoName: 'gaussian_noise',
  className: 'GaussianNoise',
  distribution: 'normal',
  apply: (tf, { stddev }, input, normal) => tf.add(input, tf.mul(normal, stddev)),
})
