/** The class that models of a person's own extend, as Keras's `Model` is. */
import type { Tensor } from '../tf.ts'
import { ambient } from './ambient.ts'

/** Of a model with several inputs by their names. */
export type ModelInputs = Tensor | Readonly<Record<string, Tensor>>
/** Several outputs in a list, or by their names. */
export type ModelOutputs = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>

export abstract class Model {
  /**
   * The forward pass, with any loops and branches: [rows, …] to [rows, …]. Layers are kept in fields, so that their weights
   * are found.
   */
  abstract call(inputs: ModelInputs, options: { readonly training: boolean }): ModelOutputs

  /** Calls a model within another: `this.block.apply(inputs)`. */
  apply(inputs: ModelInputs): ModelOutputs {
    return this.call(inputs, { training: ambient(this.constructor.name).training })
  }
}
