/**
 * A model as a graph that serves any number of rows, with its weights as constants. It is recorded with two numbers of rows:
 * what differs between the two is the number of rows, and becomes -1 where the op takes that.
 */
import { MinimaError } from '../../../../contract/errors.ts'
import type { LayersModel, SymbolicTensor, Tensor, Tf } from '../../models/tf.ts'
import type { TensorflowBackend } from './binding.ts'
import { emit } from './emit.ts'
import { attr, GraphBuilder, type ConstValue, type GraphNode } from './graph.ts'
import { record } from './recorder.ts'
import type { Signature } from './saved-model.ts'
import type { Source, Trace, TracedConstant } from './trace.ts'

/** Two sizes that no layer has. */
const ROWS = [61, 67] as const

export interface ServingModel {
  readonly nodes: readonly GraphNode[]
  readonly signature: Signature
}

/** @throws MinimaError `bad-request` for a model whose graph depends on the number of rows otherwise */
export function servingModel(tf: Tf, backend: TensorflowBackend, model: LayersModel): ServingModel {
  const [few, many] = ROWS.map((rows) => traceOf(tf, backend, model, rows)) as [Trace, Trace]
  const trace = anyRows(few, many)
  const graph = new GraphBuilder()
  const inputs = model.inputs.map((input, index) => {
    const shape = shapeOf(input)
    return {
      name: nameOf(model.inputNames, index),
      ref: graph.placeholder(`serving/input_${index}`, 'float32', shape),
      shape,
    }
  })
  const placed = emit(trace, {
    graph,
    prefix: 'serving/model',
    inputs: inputs.map(({ ref }) => ref),
    handles: [],
    begin: null,
    bring: (ref) => ref,
  })
  const outputs = model.outputs.map((output, index) => {
    const value = placed.extras.get(String(index)) ?? ''
    const ref = graph.add(`serving/output_${index}`, 'Identity', [value], { T: attr.type('float32') })
    return { name: nameOf(model.outputNames, index), ref, shape: shapeOf(output) }
  })
  return { nodes: graph.nodes, signature: { inputs, outputs } }
}

function traceOf(tf: Tf, backend: TensorflowBackend, model: LayersModel, rows: number): Trace {
  const inputs = model.inputs.map((input) => tf.ones([rows, ...shapeOf(input).slice(1)]))
  const given = inputs.length === 1 ? (inputs[0] as Tensor) : inputs
  const apply = (): Tensor[] => [model.apply(given, { training: false })].flat() as Tensor[]
  // All weights are TensorFlow's then: a recording meets them in the order in which they are used.
  tf.tidy(() => void apply())
  const trace = record(tf, backend, {
    inputs,
    // Not told of, they are constants of the trace.
    variables: [],
    run() {
      return { results: [], extras: Object.fromEntries(apply().map((output, index) => [String(index), output])) }
    },
  })
  tf.dispose(inputs)
  return trace
}

/** -1 for the rows. */
function shapeOf({ shape }: SymbolicTensor): number[] {
  return shape.map((size) => size ?? -1)
}

function nameOf(names: readonly string[], index: number): string {
  return names[index] ?? String(index)
}

/** Inputs that say sizes, of which -1 stands for what is there. */
const SIZES: Readonly<Record<string, number>> = { Reshape: 1, Slice: 2 }

function anyRows(few: Trace, many: Trace): Trace {
  if (few.ops.length !== many.ops.length || few.constants.length !== many.constants.length) throw dependent('some op')
  const used = usedOps(few)
  const constants = few.constants.map((constant, index): TracedConstant => {
    const other = many.constants[index] ?? constant
    if (isSame(constant, other)) return constant
    const users = few.ops.flatMap(({ op, inputs }, at) =>
      inputs.flatMap((source, place) =>
        used.has(at) && source.kind === 'constant' && source.index === index ? [{ op, place }] : [],
      ),
    )
    // Such as what a regularizer charges: nobody asks for it.
    if (users.length === 0) return constant
    const stranger = users.find(({ op, place }) => SIZES[op] !== place)
    const sizes = stranger ? null : freedSizes(constant.values, other.values)
    if (sizes === null) throw dependent((stranger ?? users[0])?.op ?? 'an op')
    return { ...constant, values: sizes }
  })
  return { ...few, constants }
}

/** Those that an output comes from. */
function usedOps({ ops, extras }: Trace): ReadonlySet<number> {
  const used = new Set<number>()
  const visit = (source: Source): void => {
    if (source.kind !== 'op' || used.has(source.index)) return
    used.add(source.index)
    for (const input of ops[source.index]?.inputs ?? []) visit(input)
  }
  for (const source of extras.values()) visit(source)
  return used
}

function isSame(one: TracedConstant, other: TracedConstant): boolean {
  if (one.shape.join() !== other.shape.join() || one.values.length !== other.values.length) return false
  return one.values.every((value, at) => Object.is(value, other.values[at]))
}

/** Sizes with -1 for the one that grows with the rows; null: it is not so simple. */
function freedSizes(few: ConstValue, many: ConstValue): Int32Array | null {
  if (few.length !== many.length) return null
  const sizes = Int32Array.from(few)
  let freed = 0
  for (const [at, size] of sizes.entries()) {
    if (size === many[at]) continue
    if (size * ROWS[1] !== (many[at] ?? NaN) * ROWS[0] || size % ROWS[0] !== 0) return null
    sizes[at] = -1
    freed++
  }
  return freed === 1 ? sizes : null
}

function dependent(op: string): MinimaError {
  return new MinimaError(
    'bad-request',
    `the graph of this model depends on the number of rows (${op}), and a SavedModel of it would hold for one number alone; ` +
      'write a .keras file, and let Keras export that: keras.saving.load_model(FILE).export(FOLDER)',
  )
}
