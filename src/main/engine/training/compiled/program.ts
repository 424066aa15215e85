/**
 * Computations of tfjs, compiled: their variables and data live in one TensorFlow session, each runs as a loop of many
 * steps in a call, or once with whole tensors to look at.
 */
import type { Tensor, Tf, Variable } from '../../models/tf.ts'
import type { TensorflowBackend } from './binding.ts'
import { attr, GraphBuilder } from './graph.ts'
import { withBfloat16Products } from './mixed-precision.ts'
import { addAccess, addProgram, type Access, type PlacedColumn, type PlacedProgram } from './place-program.ts'
import { record, type Recorded, type Recorder } from './recorder.ts'
import { openSession, type Feed, type Session } from './session.ts'
import { MAX_STEPS } from './step-loop.ts'
import { addColumn, dtypeOf, rowsOf, sizeOf, type Column } from './table.ts'
import { differenceOf, Untraceable, type Trace } from './trace.ts'

export interface ProgramSpec {
  readonly name: string
  /** The part of the data that its batches are taken from. */
  readonly part: string
  /** Rows of a batch: a program knows one size only. */
  readonly rows: number
  /** Names of numbers that are handed in anew for each step. */
  readonly scalars: readonly string[]
  /** The computation, in tfjs's ops; its first result is the loss. Run twice while it is recorded. */
  readonly body: (inputs: ProgramInputs, recorder: Recorder) => Recorded
}

export interface ProgramInputs {
  /** float32 [rows, …shape], in the order of the part's columns. */
  readonly columns: readonly Tensor[]
  /** float32 scalars, by name. */
  readonly scalars: Readonly<Record<string, Tensor>>
  /** int32 scalar: the number of the step, from which noise is drawn. */
  readonly counter: Tensor
}

export interface ProgramsSpec {
  readonly variables: readonly Variable[]
  readonly parts: Readonly<Record<string, readonly Column[]>>
  readonly programs: readonly ProgramSpec[]
  /** Products in bfloat16. */
  readonly bfloat16: boolean
}

export interface Call {
  /** Row numbers of the batches, one after the other: steps × rows. */
  readonly order: Int32Array
  /** steps × scalars, row-major. */
  readonly scalars: Float32Array
  /** Number of the first step. */
  readonly counter: number
  /** Columns that are not in the session, by name; `order` counts within them. */
  readonly rows?: Readonly<Record<string, Float32Array>>
}

export interface Programs {
  /** @returns results of the steps done, row-major; fewer than asked for when a loss was not finite. */
  run(program: string, call: Call): Float32Array
  /** Takes no step, but everything up to it, so that what TensorFlow cannot run here is told now. @throws what it said */
  prepare(program: string): void
  /** One step, with its extras if they are asked for. */
  runOnce(
    program: string,
    call: Call,
    withExtras: boolean,
  ): { results: Float32Array; extras: ReadonlyMap<string, Float32Array> }
  /** Values of the first `count` variables, by default of all, in their order. */
  read(count?: number): Float32Array[]
  /** Of the first variables, as many as there are values. */
  write(values: readonly Float32Array[]): void
  close(): void
}

/** @throws Untraceable when a computation cannot be compiled, with the reason. */
export function compilePrograms(tf: Tf, backend: TensorflowBackend, spec: ProgramsSpec): Programs {
  const graph = new GraphBuilder()
  const handles = spec.variables.map((variable, index) =>
    graph.add(`variable/${index}`, 'VarHandleOp', [], {
      dtype: attr.type('float32'),
      shape: attr.shape(variable.shape),
      shared_name: attr.string(`variable/${index}`),
    }),
  )
  const weights = handles.map((handle, index) =>
    addAccess(graph, handle, 'float32', spec.variables[index]?.shape ?? []),
  )
  const parts = Object.entries(spec.parts).map(([part, columns]) => [
    part,
    columns.map((column): PlacedColumn => {
      const source = addColumn(graph, `data/${part}/${column.name}`, column)
      if (column.values === null) return { column, source, access: null }
      const access = addAccess(graph, source, dtypeOf(column), [rowsOf(column), ...column.shape])
      return { column, source, access }
    }),
  ])
  const placed = Object.fromEntries(parts) as Record<string, PlacedColumn[]>
  const made = new Map(
    spec.programs.map((program) => {
      const columns = placed[program.part] ?? []
      const recorded = recordTwice(tf, backend, spec.variables, columns, program)
      const trace = spec.bfloat16 ? withBfloat16Products(recorded) : recorded
      return [
        program.name,
        addProgram(graph, { ...program, scalars: program.scalars.length }, trace, handles, columns),
      ] as const
    }),
  )
  const session = openSession(backend.binding, graph.nodes)
  for (const { column, access } of Object.values(placed).flat()) {
    if (access === null || column.values === null) continue
    const shape = [rowsOf(column), ...column.shape]
    session.run([{ name: access.value, shape, values: column.values }], [access.written])
  }
  for (const { loop } of made.values()) session.run([], [loop.ready])
  return createPrograms(session, made, weights, spec)
}

function recordTwice(
  tf: Tf,
  backend: TensorflowBackend,
  variables: readonly Variable[],
  columns: readonly PlacedColumn[],
  program: ProgramSpec,
): Trace {
  const batches = columns.map(({ column }) => firstRows(tf, column, program.rows))
  const scalars = program.scalars.map(() => tf.scalar(0.5))
  const counter = tf.scalar(1, 'int32')
  const named = Object.fromEntries(program.scalars.map((name, index) => [name, scalars[index] as Tensor]))
  const inputs = [...batches, ...scalars, counter]
  const once = (): Trace =>
    record(tf, backend, {
      inputs,
      variables,
      run: (recorder) => program.body({ columns: batches, scalars: named, counter }, recorder),
    })
  try {
    const trace = once()
    const difference = differenceOf(trace, once())
    if (difference !== null) throw new Untraceable(difference)
    return trace
  } finally {
    tf.dispose(inputs)
  }
}

/** Rows to record with: the first ones, again and again where there are too few of them. */
function firstRows(tf: Tf, { shape, values, ofByte }: Column, rows: number): Tensor {
  const numbers = new Float32Array(rows * sizeOf(shape))
  if (values !== null) {
    for (let index = 0; index < numbers.length; index++) {
      const value = values[index % values.length] ?? 0
      numbers[index] = ofByte === null ? value : (ofByte[value] ?? 0)
    }
  }
  return tf.tensor(numbers, [rows, ...shape])
}

function createPrograms(
  session: Session,
  made: ReadonlyMap<string, PlacedProgram>,
  weights: readonly Access[],
  { variables }: ProgramsSpec,
): Programs {
  const find = (name: string): PlacedProgram => {
    const program = made.get(name)
    if (!program) throw new Error(`there is no compiled program ${name}`)
    return program
  }
  const feedsOf = (
    { feeds, scalars: width, handedIn }: PlacedProgram,
    { order, scalars, counter, rows = {} }: Call,
  ): Feed[] => {
    const columns = handedIn.map(({ source, column: { name, shape } }): Feed => {
      const values = rows[name]
      if (values === undefined) throw new Error(`the rows of ${name} were not handed in`)
      return { name: source, shape: [values.length / sizeOf(shape), ...shape], values }
    })
    return [
      ...columns,
      { name: feeds.order, shape: [order.length], values: order },
      ...(width > 0 ? [{ name: feeds.scalars, shape: [scalars.length / width, width], values: scalars }] : []),
      { name: feeds.counter, shape: [], values: Int32Array.of(counter) },
    ]
  }
  const programs: Programs = {
    run(name, call) {
      const program = find(name)
      const count = call.order.length / program.rows
      if (count > MAX_STEPS) throw new Error(`${count} steps in one call; at most ${MAX_STEPS}`)
      const feeds = [...feedsOf(program, call), { name: program.feeds.count, shape: [], values: Int32Array.of(count) }]
      return session.run(feeds, [program.loop.results])[0] as Float32Array
    },
    prepare(name) {
      const rows = Object.fromEntries(find(name).handedIn.map(({ column }) => [column.name, new Float32Array()]))
      programs.run(name, { order: new Int32Array(), scalars: new Float32Array(), counter: 0, rows })
    },
    runOnce(name, call, withExtras) {
      const program = find(name)
      const asked = withExtras ? [...program.extras] : []
      const fetches = [program.once, ...asked.map(([, ref]) => ref)]
      const [results, ...tensors] = session.run(feedsOf(program, call), fetches) as [Float32Array, ...Float32Array[]]
      const extras = asked.flatMap(([extra], index) => {
        const tensor = tensors[index]
        return tensor ? [[extra, tensor] as const] : []
      })
      return { results, extras: new Map(extras) }
    },
    read(count) {
      const refs = weights.slice(0, count).map(({ read }) => read)
      return session.run([], refs) as Float32Array[]
    },
    write(values) {
      const feeds = values.map((value, index): Feed => ({
        name: weights[index]?.value ?? '',
        shape: variables[index]?.shape ?? [],
        values: value,
      }))
      const refs = weights.slice(0, values.length).map(({ written }) => written)
      session.run(feeds, refs)
    },
    close: () => session.close(),
  }
  programs.write(variables.map((variable) => variable.dataSync() as Float32Array))
  return programs
}
