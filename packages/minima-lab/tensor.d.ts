/** What this package needs to know of TensorFlow.js's tensors; `minima init` puts TensorFlow.js's own types in its place. */
export interface Tensor {
  readonly shape: number[]
  readonly rank: number
  readonly size: number
  readonly dtype: string
  dataSync(): Float32Array | Int32Array | Uint8Array
  dispose(): void
}
export type Scalar = Tensor
export interface Variable extends Tensor {
  readonly name: string
  assign(value: Tensor): void
}
