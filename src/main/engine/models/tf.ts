/** What this folder asks of TensorFlow.js. It is handed in, never imported, so that checking a file loads none of it. */
import type * as core from '@tensorflow/tfjs-core'
import type * as layersApi from '@tensorflow/tfjs-layers'

/** `{ ...core, ...layers }`, or what `@tensorflow/tfjs-node` exports. */
export type Tf = typeof core & typeof layersApi

export type { Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
export type { LayerVariable, Sequential } from '@tensorflow/tfjs-layers'
export type TfLayer = layersApi.layers.Layer
