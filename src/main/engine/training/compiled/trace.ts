/** What was recorded of a computation: its ops in order, and where each of their inputs comes from. */
import type { Attrs, ConstValue } from './graph.ts'

export type Source =
  /** A tensor handed in, by its place. */
  | { readonly kind: 'input'; readonly index: number }
  /** A variable as it was before the computation. */
  | { readonly kind: 'variable'; readonly index: number }
  /** A variable as the ops so far have left it. */
  | { readonly kind: 'updated'; readonly index: number }
  /** A variable itself, for ops that change it in place. */
  | { readonly kind: 'handle'; readonly index: number }
  | { readonly kind: 'constant'; readonly index: number }
  | { readonly kind: 'op'; readonly index: number; readonly output: number }

export interface TracedOp {
  readonly op: string
  readonly attrs: Attrs
  readonly inputs: readonly Source[]
  /** Whether its value is the same at every step: nothing that was handed in, and no variable, reaches it. */
  readonly constant: boolean
  /** TensorFlow's type numbers of its outputs. */
  readonly dtypes: readonly number[]
  /** The variables that it changes in place. */
  readonly changes: readonly number[]
}

export interface TracedConstant {
  readonly dtype: 'float32' | 'int32' | 'bool'
  readonly shape: readonly number[]
  readonly values: ConstValue
}

export interface Trace {
  readonly ops: readonly TracedOp[]
  readonly constants: readonly TracedConstant[]
  /** Scalars, one value each per step. */
  readonly results: readonly Source[]
  /** Whole tensors that can be asked for, by name. */
  readonly extras: ReadonlyMap<string, Source>
  /** What variables are assigned at the end. */
  readonly assigns: readonly { readonly variable: number; readonly value: Source }[]
}

/** A computation cannot be compiled; the message is one line that says what stood in the way. */
export class Untraceable extends Error {
  override readonly name = 'Untraceable'
}

/** Where two recordings of the same computation differ, or null: a draw of JavaScript's, or a branch on chance. */
export function differenceOf(left: Trace, right: Trace): string | null {
  if (left.ops.length !== right.ops.length) return 'it takes another way at each step'
  for (const [index, op] of left.ops.entries()) {
    if (op.op !== right.ops[index]?.op) return `it takes another way at each step (${op.op})`
    if (JSON.stringify(op.inputs) !== JSON.stringify(right.ops[index]?.inputs)) return `inputs of ${op.op} change`
  }
  for (const [index, constant] of left.constants.entries()) {
    const other = right.constants[index]
    if (other && Buffer.compare(bytesOf(constant), bytesOf(other)) === 0) continue
    const user = left.ops.find(({ inputs }) => inputs.some((s) => s.kind === 'constant' && s.index === index))
    return `${user?.op ?? 'an op'} is given numbers that JavaScript draws anew at each step`
  }
  return null
}

function bytesOf({ values }: TracedConstant): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
