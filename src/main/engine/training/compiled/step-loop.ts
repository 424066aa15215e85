/**
 * A trace as a loop of many steps in one call of the session: TensorFlow's own loop ops (Enter, Merge, Switch,
 * NextIteration, Exit), which need no function library. One turn at a time; the loop ends early after a step whose first
 * result, the loss, is not finite.
 */
import { emit, type Bring } from './emit.ts'
import { after, attr, DTYPE, type Attrs, type AttrValue, type GraphBuilder, type Ref } from './graph.ts'
import type { Trace } from './trace.ts'

/** Results of at most this many steps are kept for one call. */
export const MAX_STEPS = 1024

export interface LoopBody {
  readonly trace: Trace
  /** Handles of the variables that the trace speaks of. */
  readonly handles: readonly Ref[]
  /**
   * Inputs of the trace at a turn: `turn` is its number from 0, an int32 scalar that each turn's reads come after; `bring` takes
   * what is outside into the loop.
   */
  readonly inputs: (turn: Ref, bring: Bring) => readonly Ref[]
}

export interface StepLoop {
  /** To be fetched once, before the first call. */
  readonly ready: Ref
  /** float32 [steps done, results of the trace] */
  readonly results: Ref
}

export function addStepLoop(graph: GraphBuilder, prefix: string, body: LoopBody, count: Ref): StepLoop {
  const frame = { frame_name: attr.string(prefix), parallel_iterations: attr.int(1) }
  const entered = new Map<Ref, Ref>()
  const bring: Bring = (ref, dtype) => {
    let inside = entered.get(ref)
    if (inside === undefined) {
      const T: AttrValue = { kind: 'type', value: dtype }
      inside = graph.add(`${prefix}/enter`, 'Enter', [ref], { ...frame, T, is_constant: attr.bool(true) })
      entered.set(ref, inside)
    }
    return inside
  }
  const width = body.trace.results.length
  const rows = graph.add(`${prefix}/rows`, 'VarHandleOp', [], {
    dtype: attr.type('float32'),
    shape: attr.shape([MAX_STEPS, width]),
    shared_name: attr.string(`${prefix}/rows`),
  })

  const turn = loopVariable(graph, `${prefix}/turn`, 'int32', graph.int(`${prefix}/zero`, 0), frame)
  const finite = loopVariable(
    graph,
    `${prefix}/finite`,
    'bool',
    graph.constant(`${prefix}/true`, 'bool', Uint8Array.of(1)),
    frame,
  )
  const less = graph.add(`${prefix}/less`, 'Less', [turn.merge, bring(count, DTYPE.int32)], { T: attr.type('int32') })
  const both = graph.add(`${prefix}/both`, 'LogicalAnd', [less, finite.merge])
  const goOn = graph.add(`${prefix}/go_on`, 'LoopCond', [both])
  const begin = turn.within(goOn)
  finite.within(goOn)

  const placed = emit(body.trace, {
    graph,
    prefix,
    inputs: body.inputs(begin, bring),
    handles: body.handles.map((handle) => bring(handle, DTYPE.resource)),
    begin,
    bring,
  })
  const [loss = begin] = placed.results
  const row = graph.add(`${prefix}/row`, 'Pack', placed.results, {
    N: attr.int(width),
    T: attr.type('float32'),
    axis: attr.int(0),
  })
  const kept = graph.add(`${prefix}/keep`, 'ResourceScatterUpdate', [bring(rows, DTYPE.resource), begin, row], {
    dtype: attr.type('float32'),
    Tindices: attr.type('int32'),
  })
  const one = bring(graph.int(`${prefix}/one`, 1), DTYPE.int32)
  const next = graph.add(`${prefix}/next`, 'AddV2', [begin, one], { T: attr.type('int32') })
  const orders = [...placed.changes, kept].map(after)
  turn.next(graph.add(`${prefix}/over`, 'Identity', [next, ...orders], { T: attr.type('int32') }))
  finite.next(graph.add(`${prefix}/is_finite`, 'IsFinite', [loss], { T: attr.type('float32') }))

  const done = turn.exit()
  const all = graph.add(`${prefix}/all`, 'ReadVariableOp', [rows, after(done)], { dtype: attr.type('float32') })
  const from = graph.constant(`${prefix}/from`, 'int32', Int32Array.of(0, 0), [2])
  const size = graph.add(`${prefix}/size`, 'Pack', [done, graph.int(`${prefix}/width`, width)], {
    N: attr.int(2),
    T: attr.type('int32'),
    axis: attr.int(0),
  })
  const results = graph.add(`${prefix}/results`, 'Slice', [all, from, size], {
    T: attr.type('float32'),
    Index: attr.type('int32'),
  })
  return { ready: addZeros(graph, prefix, rows, width), results }
}

function addZeros(graph: GraphBuilder, prefix: string, rows: Ref, width: number): Ref {
  const shape = graph.constant(`${prefix}/rows_shape`, 'int32', Int32Array.of(MAX_STEPS, width), [2])
  const zero = graph.constant(`${prefix}/rows_zero`, 'float32', Float32Array.of(0))
  const zeros = graph.add(`${prefix}/zeros`, 'Fill', [shape, zero], {
    T: attr.type('float32'),
    index_type: attr.type('int32'),
  })
  const filled = graph.add(`${prefix}/fill`, 'AssignVariableOp', [rows, zeros], { dtype: attr.type('float32') })
  const done = graph.int(`${prefix}/filled`, 1)
  return graph.add(`${prefix}/ready`, 'Identity', [done, after(filled)], { T: attr.type('int32') })
}

interface LoopVariable {
  /** Its value before it is known whether there is another turn. */
  readonly merge: Ref
  /** Its value within a turn; to be called once. */
  within(goOn: Ref): Ref
  next(value: Ref): void
  /** Its value after the last turn. */
  exit(): Ref
}

function loopVariable(
  graph: GraphBuilder,
  name: string,
  dtype: 'int32' | 'bool',
  first: Ref,
  frame: Attrs,
): LoopVariable {
  const T = attr.type(dtype)
  const enter = graph.add(`${name}/enter`, 'Enter', [first], { ...frame, T, is_constant: attr.bool(false) })
  // The edge back is named before its node is there: loops are the one place where a graph has a cycle.
  const back = `${name}/back`
  const merge = graph.add(`${name}/merge`, 'Merge', [enter, back], { T, N: attr.int(2) })
  let taken = ''
  return {
    merge,
    within(goOn) {
      taken = graph.add(`${name}/switch`, 'Switch', [merge, goOn], { T })
      return graph.add(`${name}/within`, 'Identity', [`${taken}:1`], { T })
    },
    next: (value) => void graph.add(back, 'NextIteration', [value], { T }),
    exit: () => graph.add(`${name}/exit`, 'Exit', [taken], { T }),
  }
}
