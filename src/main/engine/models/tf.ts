/** What this folder asks of TensorFlow.js. It is handed in, never imported, so that checking a file loads none of it. */
import type * as core from '@tensorflow/tfjs-core'
import type * as layersApi from '@tensorflow/tfjs-layers'

/** `{ ...core, ...layers }`, or what `@tensorflow/tfjs-node` exports. */
export type Tf = typeof core & typeof layersApi

export type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
export type { LayersModel, LayerVariable, Sequential, SymbolicTensor } from '@tensorflow/tfjs-layers'
export type TfLayer = layersApi.layers.Layer

/** Tensors by name, as tfjs's `variableGrads` gives gradients. */
export type TensorMap = Readonly<Record<string, core.Tensor>>
