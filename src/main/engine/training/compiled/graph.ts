/** A TensorFlow graph as plain data, and the builder that names its nodes. */

/** TensorFlow's type numbers (types.proto). */
export const DTYPE = { float32: 1, int32: 3, uint8: 4, bool: 10, bfloat16: 14, resource: 20 } as const
export type DTypeName = keyof typeof DTYPE

export type AttrValue =
  | { readonly kind: 'type'; readonly value: number }
  | { readonly kind: 'int' | 'float'; readonly value: number | readonly number[] }
  | { readonly kind: 'bool'; readonly value: boolean | readonly boolean[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'shape'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly dtype: number; readonly shape: readonly number[]; readonly bytes: Uint8Array }

export type Attrs = Readonly<Record<string, AttrValue>>

/** An output of a node, `name` or `name:1`; as an input also `^name`, which only orders. */
export type Ref = string

export interface GraphNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly Ref[]
  readonly attrs: Attrs
}

export const attr = {
  type: (dtype: DTypeName): AttrValue => ({ kind: 'type', value: DTYPE[dtype] }),
  int: (value: number | readonly number[]): AttrValue => ({ kind: 'int', value }),
  bool: (value: boolean): AttrValue => ({ kind: 'bool', value }),
  string: (value: string): AttrValue => ({ kind: 'string', value }),
  shape: (value: readonly number[]): AttrValue => ({ kind: 'shape', value }),
}

export type ConstValue = Float32Array | Int32Array | Uint8Array

/** The node that a reference speaks of. */
export function nodeOf(ref: Ref): string {
  return ref.replace(/^\^/, '').replace(/:\d+$/, '')
}

export function after(ref: Ref): Ref {
  return `^${nodeOf(ref)}`
}

export class GraphBuilder {
  readonly nodes: GraphNode[] = []
  readonly #taken = new Set<string>()

  /** @returns the name of the node, which is also its first output. A name that is taken gets a number. */
  add(name: string, op: string, inputs: readonly Ref[] = [], attrs: Attrs = {}): string {
    let free = name
    for (let ordinal = 1; this.#taken.has(free); ordinal++) free = `${name}_${ordinal}`
    this.#taken.add(free)
    this.nodes.push({ name: free, op, inputs, attrs })
    return free
  }

  constant(
    name: string,
    dtype: 'float32' | 'int32' | 'bool',
    value: ConstValue,
    shape: readonly number[] = [],
  ): string {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    return this.add(name, 'Const', [], {
      dtype: attr.type(dtype),
      value: { kind: 'tensor', dtype: DTYPE[dtype], shape, bytes },
    })
  }

  int(name: string, value: number): string {
    return this.constant(name, 'int32', Int32Array.of(value))
  }

  placeholder(name: string, dtype: DTypeName, shape: readonly number[]): string {
    return this.add(name, 'Placeholder', [], { dtype: attr.type(dtype), shape: attr.shape(shape) })
  }
}
