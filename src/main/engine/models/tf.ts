/** What this folder asks of TensorFlow.js. It is handed in, never imported, so that checking a file loads none of it. */
import type * as core from '@tensorflow/tfjs-core'
import type * as layersApi from '@tensorflow/tfjs-layers'

/** `{ ...core, ...layers }`, or what `@tensorflow/tfjs-node` exports. */
export type Tf = typeof core & typeof layersApi

export type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
export type { LayersModel, LayerVariable, Sequential } from '@tensorflow/tfjs-layers'
export type TfLayer = layersApi.layers.Layer

/** Tensors by name, as tfjs's `variableGrads` gives gradients. */
export type TensorMap = Readonly<Record<string, core.Tensor>>

/** What a training step asks of an optimizer. */
export interface Optimizer {
  /** Of the next step. */
  readonly learningRate: number
  /** @throws MinimaError `bad-request` when the rate follows a schedule */
  setLearningRate(rate: number): void
  /** @param gradients of the loss, by the names of tfjs's variables */
  applyGradients(gradients: TensorMap): void
  /** To be called when training ends: averages of the weights, if they are kept, take their place. */
  finalize(): void
}
