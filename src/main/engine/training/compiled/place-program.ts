/** Places a program into the graph: its inputs, the loop of many steps, and the single step with its extras. */
import { emit, type Bring } from './emit.ts'
import { after, attr, DTYPE, type GraphBuilder, type Ref } from './graph.ts'
import { addStepLoop, type StepLoop } from './step-loop.ts'
import { addBatchRows, addGather, type Column } from './table.ts'
import type { Trace } from './trace.ts'

export interface PlacedColumn {
  readonly column: Column
  readonly source: Ref
  /** null: handed in at each call. */
  readonly access: Access | null
}

export interface Access {
  /** Placeholder of a value to be written. */
  readonly value: Ref
  readonly written: Ref
  readonly read: Ref
}

/** The copy in between keeps JavaScript's memory out of the session. */
export function addAccess(
  graph: GraphBuilder,
  handle: Ref,
  dtype: 'float32' | 'uint8',
  shape: readonly number[],
): Access {
  const value = graph.placeholder(`${handle}/value`, dtype, shape)
  const copy = graph.add(`${handle}/copy`, 'DeepCopy', [value], { T: attr.type(dtype) })
  const assign = graph.add(`${handle}/assign`, 'AssignVariableOp', [handle, copy], { dtype: attr.type(dtype) })
  const done = graph.int(`${handle}/done`, 1)
  const written = graph.add(`${handle}/written`, 'Identity', [done, after(assign)], { T: attr.type('int32') })
  return { value, written, read: graph.add(`${handle}/now`, 'ReadVariableOp', [handle], { dtype: attr.type(dtype) }) }
}

/** What the graph must know of a program besides its trace. */
export interface ProgramShape {
  readonly name: string
  /** Of a batch. */
  readonly rows: number
  /** How many numbers are handed in for each step. */
  readonly scalars: number
}

export interface PlacedProgram {
  readonly rows: number
  readonly scalars: number
  readonly feeds: { readonly count: Ref; readonly order: Ref; readonly scalars: Ref; readonly counter: Ref }
  readonly handedIn: readonly PlacedColumn[]
  readonly loop: StepLoop
  readonly once: Ref
  readonly extras: ReadonlyMap<string, Ref>
}

export function addProgram(
  graph: GraphBuilder,
  spec: ProgramShape,
  trace: Trace,
  handles: readonly Ref[],
  columns: readonly PlacedColumn[],
): PlacedProgram {
  const { name, rows, scalars } = spec
  const feeds = {
    count: graph.placeholder(`${name}/count`, 'int32', []),
    order: graph.placeholder(`${name}/order`, 'int32', [-1]),
    scalars: graph.placeholder(`${name}/scalars`, 'float32', [-1, Math.max(1, scalars)]),
    counter: graph.placeholder(`${name}/counter`, 'int32', []),
  }
  const inputsAt = (prefix: string) => (turn: Ref, bring: Bring) => {
    const numbers = addBatchRows(graph, prefix, { turn, bring, order: feeds.order, rows })
    const batches = columns.map(({ column, source }) => addGather(graph, prefix, column, source, numbers, bring))
    const counter = graph.add(`${prefix}/step`, 'AddV2', [bring(feeds.counter, DTYPE.int32), turn], {
      T: attr.type('int32'),
    })
    return [...batches, ...addScalars(graph, prefix, feeds.scalars, scalars, turn, bring), counter]
  }
  const loop = addStepLoop(graph, `${name}/loop`, { trace, handles, inputs: inputsAt(`${name}/loop`) }, feeds.count)
  const atTop: Bring = (ref) => ref
  const placed = emit(trace, {
    graph,
    prefix: `${name}/once`,
    inputs: inputsAt(`${name}/once`)(graph.int(`${name}/once/turn`, 0), atTop),
    handles,
    begin: null,
    bring: atTop,
  })
  const row = graph.add(`${name}/once/row`, 'Pack', placed.results, {
    N: attr.int(placed.results.length),
    T: attr.type('float32'),
    axis: attr.int(0),
  })
  const once = graph.add(`${name}/once/results`, 'Identity', [row, ...placed.changes.map(after)], {
    T: attr.type('float32'),
  })
  const handedIn = columns.filter(({ access }) => access === null)
  return { rows, scalars, feeds, handedIn, loop, once, extras: placed.extras }
}

function addScalars(graph: GraphBuilder, prefix: string, all: Ref, count: number, turn: Ref, bring: Bring): Ref[] {
  if (count === 0) return []
  const axis = bring(graph.int(`${prefix}/scalar_axis`, 0), DTYPE.int32)
  const row = graph.add(`${prefix}/scalar_row`, 'GatherV2', [bring(all, DTYPE.float32), turn, axis], {
    Tparams: attr.type('float32'),
    Tindices: attr.type('int32'),
    Taxis: attr.type('int32'),
  })
  const each = graph.add(`${prefix}/scalar`, 'Unpack', [row], {
    num: attr.int(count),
    T: attr.type('float32'),
    axis: attr.int(0),
  })
  return Array.from({ length: count }, (_, index) => (index === 0 ? each : `${each}:${index}`))
}
