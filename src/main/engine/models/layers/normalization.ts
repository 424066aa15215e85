/** Normalisation over the last axis. */
import { ones, zeros } from '../initial-weights.ts'
import type { LayerKind, Shape, Weight } from '../layer-kind.ts'
import { lastOf } from '../layer-kind.ts'

function scaleAndShift(input: Shape): readonly Weight[] {
  const shape = [lastOf(input)]
  return [
    { name: 'gamma', shape, trainable: true, draw: ones },
    { name: 'beta', shape, trainable: true, draw: zeros },
  ]
}

export const batchNormalization: LayerKind<'batchNormalization'> = {
  autoName: 'batch_normalization',
  outputShape: (_spec, input) => input,
  weights: (_spec, input) => [
    ...scaleAndShift(input),
    { name: 'moving_mean', shape: [lastOf(input)], trainable: false, draw: zeros },
    { name: 'moving_variance', shape: [lastOf(input)], trainable: false, draw: ones },
  ],
  build: (tf, spec, args) =>
    tf.layers.batchNormalization({ ...args, axis: -1, momentum: spec.momentum, epsilon: spec.epsilon }),
}

export const layerNormalization: LayerKind<'layerNormalization'> = {
  autoName: 'layer_normalization',
  outputShape: (_spec, input) => input,
  weights: (_spec, input) => scaleAndShift(input),
  build: (tf, spec, args) => tf.layers.layerNormalization({ ...args, axis: -1, epsilon: spec.epsilon }),
}
