/** Rows that lie in the session, or are handed to it call by call, and the nodes that take a batch of them. */
import type { Bring } from './emit.ts'
import { attr, DTYPE, type GraphBuilder, type Ref } from './graph.ts'

/** One array of a part of the data: [rows, …shape], row-major. */
export interface Column {
  readonly name: string
  /** Of one row. */
  readonly shape: readonly number[]
  /** All rows, to lie in the session; null: each call hands in its own, float32. */
  readonly values: Float32Array | Uint8Array | null
  /** What each of the 256 bytes stands for; null: the numbers are themselves. */
  readonly ofByte: Float32Array | null
}

/** Rows of a batch at a turn of a loop. */
export interface Batch {
  readonly turn: Ref
  readonly bring: Bring
  /** Row numbers of all batches of a call, int32, one after the other. */
  readonly order: Ref
  readonly rows: number
}

/** A resident column's variable, or the placeholder of one that is handed in. */
export function addColumn(graph: GraphBuilder, name: string, column: Column): Ref {
  if (column.values === null) return graph.placeholder(name, 'float32', [-1, ...column.shape])
  return graph.add(name, 'VarHandleOp', [], {
    dtype: attr.type(dtypeOf(column)),
    shape: attr.shape([rowsOf(column), ...column.shape]),
    shared_name: attr.string(name),
  })
}

export function rowsOf({ values, shape }: Column): number {
  return (values?.length ?? 0) / sizeOf(shape)
}

export function dtypeOf({ values }: Column): 'uint8' | 'float32' {
  return values instanceof Uint8Array ? 'uint8' : 'float32'
}

/** The node with the row numbers of a batch; shared by the columns of a part. */
export function addBatchRows(graph: GraphBuilder, prefix: string, { turn, bring, order, rows }: Batch): Ref {
  const int = (name: string, value: number): Ref => bring(graph.int(`${prefix}/${name}`, value), DTYPE.int32)
  const size = bring(graph.constant(`${prefix}/batch_size`, 'int32', Int32Array.of(rows), [1]), DTYPE.int32)
  const offset = graph.add(`${prefix}/offset`, 'Mul', [turn, int('rows', rows)], { T: attr.type('int32') })
  const begin = graph.add(`${prefix}/begin`, 'Pack', [offset], {
    N: attr.int(1),
    T: attr.type('int32'),
    axis: attr.int(0),
  })
  return graph.add(`${prefix}/row_numbers`, 'Slice', [bring(order, DTYPE.int32), begin, size], {
    T: attr.type('int32'),
    Index: attr.type('int32'),
  })
}

/**
 * @param source as `addColumn` made it
 * @returns float32 [rows of the batch, …shape]
 */
export function addGather(
  graph: GraphBuilder,
  prefix: string,
  column: Column,
  source: Ref,
  numbers: Ref,
  bring: Bring,
): Ref {
  const name = `${prefix}/${column.name}`
  if (column.values === null) return addLookUp(graph, name, bring(source, DTYPE.float32), numbers, bring)
  const gathered = graph.add(name, 'ResourceGather', [bring(source, DTYPE.resource), numbers], {
    dtype: attr.type(dtypeOf(column)),
    Tindices: attr.type('int32'),
  })
  return dtypeOf(column) === 'uint8' ? addDecode(graph, name, column.ofByte, gathered, bring) : gathered
}

function addLookUp(graph: GraphBuilder, name: string, table: Ref, numbers: Ref, bring: Bring): Ref {
  const axis = bring(graph.int(`${name}_axis`, 0), DTYPE.int32)
  return graph.add(`${name}_looked_up`, 'GatherV2', [table, numbers, axis], {
    Tparams: attr.type('float32'),
    Tindices: attr.type('int32'),
    Taxis: attr.type('int32'),
  })
}

/** A cast and a division where they give the table's very numbers, else a look into the table. */
function addDecode(graph: GraphBuilder, name: string, ofByte: Float32Array | null, bytes: Ref, bring: Bring): Ref {
  const cast = (dtype: 'float32' | 'int32'): Ref =>
    graph.add(`${name}_cast`, 'Cast', [bytes], { SrcT: attr.type('uint8'), DstT: attr.type(dtype) })
  if (ofByte === null) return cast('float32')
  const divisor = divisorOf(ofByte)
  if (divisor !== null) {
    const by = bring(graph.constant(`${name}_divisor`, 'float32', Float32Array.of(divisor)), DTYPE.float32)
    return graph.add(`${name}_scaled`, 'RealDiv', [cast('float32'), by], { T: attr.type('float32') })
  }
  const table = bring(graph.constant(`${name}_of_byte`, 'float32', ofByte, [256]), DTYPE.float32)
  return addLookUp(graph, name, table, cast('int32'), bring)
}

/** d such that byte b stands for b / d in float32, for all of them; null when there is none. */
function divisorOf(ofByte: Float32Array): number | null {
  const divisor = Math.fround(255 / (ofByte[255] ?? NaN))
  return ofByte.every((value, byte) => value === Math.fround(byte / divisor)) ? divisor : null
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
