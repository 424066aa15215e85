/**
 * Mixed precision: matrix products and convolutions in bfloat16, with everything else, weights among it, in float32 (what
 * Keras calls the policy `mixed_bfloat16`; its layers keep activations in bfloat16 too).
 */
import { DTYPE, type AttrValue } from './graph.ts'
import type { Source, Trace, TracedOp } from './trace.ts'

const PRODUCTS: ReadonlySet<string> = new Set([
  'MatMul',
  'BatchMatMulV2',
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
])

/** The same computation with casts before and after its products. */
export function withBfloat16Products(trace: Trace): Trace {
  const ops: TracedOp[] = []
  const placed: number[] = []
  const narrowed = new Map<string, Source>()
  const moved = (source: Source): Source =>
    source.kind === 'op' ? { ...source, index: placed[source.index] ?? source.index } : source

  const add = (op: TracedOp): Source => {
    ops.push(op)
    return { kind: 'op', index: ops.length - 1, output: 0 }
  }
  const isConstant = (source: Source): boolean =>
    source.kind === 'op' ? (ops[source.index]?.constant ?? false) : source.kind === 'constant'
  const isFloat = (source: Source): boolean => {
    if (source.kind === 'constant') return trace.constants[source.index]?.dtype === 'float32'
    return source.kind !== 'op' || ops[source.index]?.dtypes[source.output] === DTYPE.float32
  }
  const narrow = (source: Source): Source => {
    // A variable that was changed since is another number each time.
    const key = source.kind === 'updated' ? null : JSON.stringify(source)
    const known = key === null ? undefined : narrowed.get(key)
    if (known !== undefined) return known
    const cast = add(castOf(source, 'float32', 'bfloat16', isConstant(source)))
    if (key !== null) narrowed.set(key, cast)
    return cast
  }

  for (const op of trace.ops) {
    const inputs = op.inputs.map(moved)
    if (!PRODUCTS.has(op.op) || op.dtypes[0] !== DTYPE.float32) {
      placed.push(ops.length)
      add({ ...op, inputs })
      continue
    }
    const product = add({
      ...op,
      inputs: inputs.map((input) => (isFloat(input) ? narrow(input) : input)),
      attrs: { ...op.attrs, T: type('bfloat16') },
      dtypes: [DTYPE.bfloat16],
    })
    placed.push(ops.length)
    add(castOf(product, 'bfloat16', 'float32', op.constant))
  }
  return {
    ...trace,
    ops,
    results: trace.results.map(moved),
    extras: new Map([...trace.extras].map(([name, source]) => [name, moved(source)])),
    assigns: trace.assigns.map(({ variable, value }) => ({ variable, value: moved(value) })),
  }
}

function castOf(source: Source, from: 'float32' | 'bfloat16', to: 'float32' | 'bfloat16', constant: boolean): TracedOp {
  const attrs = { SrcT: type(from), DstT: type(to) }
  return { op: 'Cast', attrs, inputs: [source], constant, dtypes: [DTYPE[to]], changes: [] }
}

function type(name: 'float32' | 'bfloat16'): AttrValue {
  return { kind: 'type', value: DTYPE[name] }
}
