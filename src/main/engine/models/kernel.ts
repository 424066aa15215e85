/** What dense and convolution layers share: a kernel, perhaps a bias, an activation and a penalty. */
import type { LayerOf } from '../../../contract/experiment/layers.ts'
import { activationOf } from './activations.ts'
import { INITIALIZERS } from './initial-weights.ts'
import type { Shape, Weight } from './layer-kind.ts'
import { lastOf } from './layer-kind.ts'
import type { Tf } from './tf.ts'

type KernelSpec = Pick<
  LayerOf<'dense'>,
  'activation' | 'useBias' | 'kernelInitializer' | 'biasInitializer' | 'kernelRegularizer'
>

export function kernelWeights(spec: KernelSpec, kernelShape: Shape): readonly Weight[] {
  const kernel = { name: 'kernel', shape: kernelShape, trainable: true, draw: INITIALIZERS[spec.kernelInitializer] }
  if (!spec.useBias) return [kernel]
  const bias = { name: 'bias', shape: [lastOf(kernelShape)], trainable: true, draw: INITIALIZERS[spec.biasInitializer] }
  return [kernel, bias]
}

/** Initializers are zeros: cheap, and overwritten by what Minima draws. */
export function kernelArgs(tf: Tf, spec: KernelSpec) {
  return {
    activation: activationOf(tf, spec.activation),
    useBias: spec.useBias,
    kernelInitializer: 'zeros',
    biasInitializer: 'zeros',
    ...(spec.kernelRegularizer && { kernelRegularizer: tf.regularizers.l1l2(spec.kernelRegularizer) }),
  } as const
}
