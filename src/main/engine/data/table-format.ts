/** What a kind of file with a table in it must be able to do: be read row by row, and show its beginning. */
import type { DataFile } from './data-error.ts'
import type { RawTable, ReadRows, RowSink, TableRequest } from './table-reader.ts'
import { MemorySink, rowEndOf } from './table-reader.ts'

export interface TableOptions {
  /** Between cells; null: found out. */
  readonly delimiter: string | null
  readonly request: TableRequest
}

export interface ReadingWatcher {
  /** Told now and then how many bytes of the file are behind, about. @throws what is to end the reading */
  read(bytes: number): void
}

/** The rows at the beginning of a file. */
export interface TableSample extends RawTable {
  /** Of the whole file, by the length of these; exact when `whole`. */
  readonly allRows: number
  readonly whole: boolean
}

export interface TableFormat {
  readonly name: string
  /** Whether a number takes two bytes at least. */
  readonly isText: boolean
  /** In little memory. @throws MinimaError `data-invalid`, or what the sink or the watcher throws */
  readInto(sink: RowSink, file: DataFile, options: TableOptions, watcher?: ReadingWatcher): Promise<ReadRows>
  /** @throws MinimaError `data-invalid` for what is wrong with the sample */
  sample(file: DataFile, options: TableOptions): Promise<TableSample>
}

/** The whole of a file. @throws MinimaError `data-invalid` */
export async function readWhole(format: TableFormat, file: DataFile, options: TableOptions): Promise<RawTable> {
  const sink = new MemorySink(rowEndOf(options.request))
  const read = await format.readInto(sink, file, options)
  return { ...read, ...sink.finish() }
}
