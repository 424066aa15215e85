/** Parquet files, by hyparquet: a group of rows at a time, only the columns that are wanted. */
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { statOf } from './data-file.ts'
import { plainCell } from './json-lines.ts'
import type { TableFormat, TableOptions } from './table-format.ts'
import type { Cell, Fail, RowSink } from './table-reader.ts'
import { MemorySink, rowEndOf, settingPathOf, TableReader } from './table-reader.ts'

const SAMPLE_ROWS = 4096

export const parquet: TableFormat = {
  name: 'parquet',
  isText: false,
  async readInto(sink, file, options, watcher) {
    const opened = await openParquet(file)
    const reader = readerOf(opened, options, sink)
    let first = 0
    for (const group of opened.metadata.row_groups) {
      const end = first + Number(group.num_rows)
      await eachRow(opened, wantedOf(opened, options), first, end, (cells, row) =>
        reader.add(cells, () => `row ${row + 1}`),
      )
      watcher?.read((opened.buffer.byteLength * end) / opened.rows)
      first = end
    }
    return reader.finish()
  },
  async sample(file, options) {
    const opened = await openParquet(file)
    const sink = new MemorySink(rowEndOf(options.request))
    const reader = readerOf(opened, options, sink)
    const count = Math.min(SAMPLE_ROWS, opened.rows)
    await eachRow(opened, wantedOf(opened, options), 0, count, (cells, row) =>
      reader.add(cells, () => `row ${row + 1}`),
    )
    return { ...reader.finish(), ...sink.finish(), allRows: opened.rows, whole: count === opened.rows }
  },
}

export interface OpenParquet {
  readonly file: DataFile
  readonly buffer: AsyncBuffer
  readonly metadata: FileMetaData
  readonly rows: number
  readonly names: readonly string[]
}

/** @throws MinimaError `data-invalid` */
export async function openParquet(file: DataFile): Promise<OpenParquet> {
  await statOf(file)
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet')
  try {
    const buffer = await asyncBufferFromFile(file.path)
    const metadata = await parquetMetadataAsync(buffer)
    return { file, buffer, metadata, rows: Number(metadata.num_rows), names: columnsOf(metadata) }
  } catch (error) {
    throw notRead(error, file)
  }
}

/** Of the first level: what is below, such as the elements of a list, belongs to one of them. */
function columnsOf({ schema }: FileMetaData): string[] {
  const names: string[] = []
  let at = 1
  const skip = (): void => {
    const { num_children: children = 0 } = schema[at++] ?? {}
    for (let child = 0; child < children; child++) skip()
  }
  while (at < schema.length) {
    names.push(schema[at]?.name ?? '')
    skip()
  }
  return names
}

function readerOf({ file, names }: OpenParquet, { request }: TableOptions, sink: RowSink): TableReader {
  const fail: Fail = (message, of) =>
    fileError(message, of === undefined ? file : { ...file, setting: settingPathOf(of) })
  return new TableReader(names, request, fail, sink)
}

/** The others need not be read. */
function wantedOf({ names }: OpenParquet, { request: { features, target, key } }: TableOptions): ReadonlySet<string> {
  return new Set(features === null || key === null ? names : [...features, ...target, ...(key ?? [])])
}

/**
 * The rows from `first` to before `end`, cells in the order of the columns, empty of those that are not wanted.
 * @throws MinimaError `data-invalid`
 */
export async function eachRow(
  { file, buffer, metadata, names }: OpenParquet,
  wanted: ReadonlySet<string>,
  first: number,
  end: number,
  see: (cells: readonly Cell[], row: number) => void,
): Promise<void> {
  const { parquetReadObjects } = await import('hyparquet')
  const { compressors } = await import('hyparquet-compressors')
  let rows: Record<string, unknown>[]
  try {
    const columns = names.filter((name) => wanted.has(name))
    rows = await parquetReadObjects({ file: buffer, metadata, columns, rowStart: first, rowEnd: end, compressors })
  } catch (error) {
    throw notRead(error, file)
  }
  for (const [index, row] of rows.entries()) {
    const cells = names.map((name): Cell => {
      const cell = plainCell(row[name])
      if (cell !== null) return cell
      throw fileError(
        `row ${first + index + 1}, column "${name}": a list or an object, where one value should be`,
        file,
      )
    })
    see(cells, first + index)
  }
}

function notRead(error: unknown, file: DataFile): Error {
  return fileError(`this is no Parquet file that can be read (${(error as Error).message})`, file)
}
