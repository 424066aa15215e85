/** Places a trace into a graph: once at the top of it, or as the body of a loop. */
import { after, attr, DTYPE, type GraphBuilder, type Ref } from './graph.ts'
import type { Source, Trace, TracedOp } from './trace.ts'

/** Takes what is the same at every turn into the loop, given its type number; at the top it is the reference itself. */
export type Bring = (ref: Ref, dtype: number) => Ref

/** Where a trace is placed. */
export interface Place {
  readonly graph: GraphBuilder
  /** Begins the names of its nodes. */
  readonly prefix: string
  readonly inputs: readonly Ref[]
  /** Handles of the variables. */
  readonly handles: readonly Ref[]
  /** What every read of a variable comes after; in a loop, the node that begins each turn. */
  readonly begin: Ref | null
  readonly bring: Bring
}

export interface Placed {
  readonly results: readonly Ref[]
  readonly extras: ReadonlyMap<string, Ref>
  /** Nodes that change variables: a turn is over when they are. */
  readonly changes: readonly Ref[]
}

export function emit(trace: Trace, place: Place): Placed {
  const emitter = new Emitter(trace, place)
  for (const [index, op] of trace.ops.entries()) emitter.op(index, op)
  for (const { variable, value } of trace.assigns) emitter.assign(variable, value)
  return {
    results: trace.results.map((source) => emitter.ref(source)),
    extras: new Map([...trace.extras].map(([name, source]) => [name, emitter.ref(source)])),
    changes: emitter.changes,
  }
}

class Emitter {
  readonly changes: Ref[] = []
  readonly #trace: Trace
  readonly #place: Place
  readonly #names: string[] = []
  readonly #constants = new Map<number, Ref>()
  readonly #reads = new Map<number, Ref>()
  readonly #updated = new Map<number, Ref>()
  /** Nodes that use a variable's value as it was: changes in place come after them, or TensorFlow would copy it first. */
  readonly #users = new Map<number, Set<Ref>>()
  /** The last change of each variable. */
  readonly #changed = new Map<number, Ref>()

  constructor(trace: Trace, place: Place) {
    this.#trace = trace
    this.#place = place
  }

  ref(source: Source): Ref {
    switch (source.kind) {
      case 'input':
        return this.#place.inputs[source.index] ?? missing('input', source.index)
      case 'handle':
        return this.#place.handles[source.index] ?? missing('variable', source.index)
      case 'variable':
        return this.#read(this.#reads, source.index, this.#place.begin)
      case 'updated':
        return this.#read(this.#updated, source.index, this.#changed.get(source.index) ?? this.#place.begin)
      case 'constant': {
        const { dtype } = this.#trace.constants[source.index] ?? missing('constant', source.index)
        return this.#place.bring(this.#constant(source.index), DTYPE[dtype])
      }
      case 'op': {
        const { constant, dtypes } = this.#trace.ops[source.index] ?? missing('op', source.index)
        const ref = this.#output(source.index, source.output)
        return constant ? this.#place.bring(ref, dtypes[source.output] ?? 0) : ref
      }
    }
  }

  op(index: number, traced: TracedOp): void {
    const { graph, prefix } = this.#place
    // What is the same at every turn is computed outside of the loop, and brought into it where it is used.
    const inputs = traced.inputs.map((source) => (traced.constant ? this.#outside(source) : this.ref(source)))
    const orders = traced.changes.flatMap((variable) => this.#orders(variable))
    const name = graph.add(`${prefix}/${traced.op}`, traced.op, [...inputs, ...orders], traced.attrs)
    this.#names[index] = name
    for (const source of traced.inputs) if (source.kind === 'variable') this.#use(source.index, name)
    for (const variable of traced.changes) this.#change(variable, name)
  }

  assign(variable: number, value: Source): void {
    const { graph, prefix } = this.#place
    const inputs = [this.ref({ kind: 'handle', index: variable }), this.ref(value), ...this.#orders(variable)]
    const name = graph.add(`${prefix}/assign`, 'AssignVariableOp', inputs, { dtype: attr.type('float32') })
    this.#change(variable, name)
  }

  #read(reads: Map<number, Ref>, variable: number, begin: Ref | null): Ref {
    const known = reads.get(variable)
    if (known !== undefined) return known
    const inputs = [this.ref({ kind: 'handle', index: variable }), ...(begin === null ? [] : [after(begin)])]
    const name = this.#place.graph.add(`${this.#place.prefix}/read`, 'ReadVariableOp', inputs, {
      dtype: attr.type('float32'),
    })
    reads.set(variable, name)
    return name
  }

  #outside(source: Source): Ref {
    if (source.kind === 'constant') return this.#constant(source.index)
    if (source.kind !== 'op') throw new Error('a constant op has an input that changes')
    return this.#output(source.index, source.output)
  }

  #output(index: number, output: number): Ref {
    const name = this.#names[index] ?? missing('op', index)
    return output === 0 ? name : `${name}:${output}`
  }

  #constant(index: number): Ref {
    const known = this.#constants.get(index)
    if (known !== undefined) return known
    const { dtype, values, shape } = this.#trace.constants[index] ?? missing('constant', index)
    const name = this.#place.graph.constant(`${this.#place.prefix}/const`, dtype, values, shape)
    this.#constants.set(index, name)
    return name
  }

  #use(variable: number, user: Ref): void {
    const users = this.#users.get(variable) ?? new Set()
    this.#users.set(variable, users.add(user))
  }

  #orders(variable: number): Ref[] {
    const changed = this.#changed.get(variable)
    const begin = this.#place.begin
    const earlier = [...(this.#users.get(variable) ?? []), ...(changed ? [changed] : []), ...(begin ? [begin] : [])]
    return [...new Set(earlier.map(after))]
  }

  #change(variable: number, name: Ref): void {
    this.#changed.set(variable, name)
    this.#updated.delete(variable)
    this.#users.delete(variable)
    this.changes.push(name)
  }
}

function missing(what: string, index: number): never {
  throw new Error(`the trace speaks of ${what} ${index}, which is not there`)
}
