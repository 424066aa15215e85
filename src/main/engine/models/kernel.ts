/** What dense and convolution layers share: a kernel, perhaps a bias, an activation. */
import type { LayerOf } from '../../../contract/experiment/layers.ts'
import type { Constraint, Initializer, Regularizer } from '../../../contract/experiment/layers/weights.ts'
import { activationOf } from './activations.ts'
import { drawOf } from './initial-weights.ts'
import type { Shape, Weight } from './layer-kind.ts'
import { lastOf } from './layer-kind.ts'
import type { Tf } from './tf.ts'

export interface WeightSettings {
  readonly initializer: Initializer
  readonly regularizer: Regularizer | undefined
  readonly constraint: Constraint | undefined
}

export function trainedWeight(name: string, shape: Shape, settings: WeightSettings): Weight {
  const { initializer, regularizer, constraint } = settings
  return { name, shape, trainable: true, draw: drawOf(initializer), regularizer, constraint }
}

type BiasSpec = Pick<LayerOf<'dense'>, 'useBias' | 'biasInitializer' | 'biasRegularizer' | 'biasConstraint'>
type KernelSpec = BiasSpec &
  Pick<LayerOf<'dense'>, 'activation' | 'kernelInitializer' | 'kernelRegularizer' | 'kernelConstraint'>

/** None or one. */
export function biasWeight(spec: BiasSpec, shape: Shape): readonly Weight[] {
  if (!spec.useBias) return []
  const { biasInitializer: initializer, biasRegularizer: regularizer, biasConstraint: constraint } = spec
  return [trainedWeight('bias', shape, { initializer, regularizer, constraint })]
}

/** @param width of the bias */
export function kernelWeights(spec: KernelSpec, kernelShape: Shape, width = lastOf(kernelShape)): readonly Weight[] {
  const { kernelInitializer: initializer, kernelRegularizer: regularizer, kernelConstraint: constraint } = spec
  return [trainedWeight('kernel', kernelShape, { initializer, regularizer, constraint }), ...biasWeight(spec, [width])]
}

/** Initializers are zeros: cheap, and overwritten by what Minima draws. */
export function kernelArgs(tf: Tf, spec: KernelSpec) {
  return {
    activation: activationOf(tf, spec.activation),
    useBias: spec.useBias,
    kernelInitializer: 'zeros',
    biasInitializer: 'zeros',
  } as const
}
