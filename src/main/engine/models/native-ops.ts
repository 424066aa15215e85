/**
 * TensorFlow's own ops, which tfjs composes of many: asked for by name where the backend is native TensorFlow, so that a
 * step is a few fused kernels, op by op as well as compiled.
 */
import type { Tensor, Tf } from './tf.ts'

export interface OpAttr {
  readonly name: string
  /** An attribute type and a value as the binding has them: `TF_ATTR_TYPE`, `TF_FLOAT`, … */
  readonly type: number
  readonly value: unknown
}

/** What this code uses of tfjs-node's backend. */
export interface NativeBackend {
  readonly binding: Readonly<Record<string, number>>
  executeMultipleOutputs(name: string, attrs: readonly OpAttr[], inputs: readonly Tensor[], outputs: number): Tensor[]
}

/** null on other backends than `tensorflow`. */
export function nativeBackend(tf: Tf): NativeBackend | null {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : null
}

export function typeAttr({ binding }: NativeBackend, name: string, dtype: 'float32' | 'int32'): OpAttr {
  const type = dtype === 'float32' ? binding['TF_FLOAT'] : binding['TF_INT32']
  return { name, type: binding['TF_ATTR_TYPE'] ?? 0, value: type }
}
