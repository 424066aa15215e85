/** What a training asks of a model, whether TensorFlow.js made it of layers or a person's own class computes it. */
import type { Tensor, TfLayer } from './tf.ts'

export interface TrainableModel {
  /** In the order in which they are saved; `read` gives the variable itself. */
  readonly weights: readonly { readonly name: string; read(): Tensor }[]
  getWeights(): Tensor[]
  /** Copies: the tensors stay the caller's. */
  setWeights(weights: Tensor[]): void
  /** Shapes with the batch dimension, which is null. */
  readonly layers: readonly TfLayer[]
  dispose(): unknown
  readonly outputs: readonly { readonly shape: readonly (number | null)[] }[]
}
