/** What the compiled step uses of tfjs-node's native binding and backend (tfjs-node 4.22, binding/tfjs_binding.cc). */
import { nativeBackend, type NativeBackend, type OpAttr } from '../../models/native-ops.ts'
import type { Tensor, Tf } from '../../models/tf.ts'

export type { OpAttr }

export interface TensorMetadata {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: number
}

export interface Binding {
  executeOp(name: string, attrs: readonly OpAttr[], inputIds: readonly number[], outputs: number): TensorMetadata[]
  /** Shares the array's memory where it is aligned: the array must not change while the tensor lives. */
  createTensor(shape: readonly number[], dtype: number, values: unknown): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array
  loadSavedModel(dir: string, tags: string): number
  deleteSavedModel(id: number): void
  /** Names are separated by commas, outputs as `node:0`. Errors name what TensorFlow said. */
  runSavedModel(id: number, inputIds: readonly number[], inputs: string, outputs: string): TensorMetadata[]
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_SHAPE: number
}

export type TensorflowBackend = Omit<NativeBackend, 'binding'> & {
  binding: Binding
  /** Writes what was delayed to TensorFlow. */
  getInputTensorIds(tensors: readonly Tensor[]): number[]
  createOutputTensor(metadata: TensorMetadata): Tensor
}

/** null on other backends than `tensorflow`. */
export function tensorflowBackend(tf: Tf): TensorflowBackend | null {
  return nativeBackend(tf) as unknown as TensorflowBackend | null
}
