/** JSON lines: an object a line, whose keys are the columns; plain or gzip. Those of the first line are the columns of all. */
import { createInterface } from 'node:readline'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { openText, readStart, unreadable } from './data-file.ts'
import type { TableFormat, TableOptions } from './table-format.ts'
import type { Cell, Fail, ReadRows, RowSink } from './table-reader.ts'
import { MemorySink, rowEndOf, settingPathOf, TableReader } from './table-reader.ts'

const SAMPLE_BYTES = 2 ** 20
/** Lines from one look at the watcher to the next. */
const WATCHED_LINES = 4096

export const jsonLines: TableFormat = {
  name: 'jsonl',
  isText: true,
  async readInto(sink, file, options, watcher) {
    const rows = new JsonRows(file, options, sink)
    const text = await openText(file)
    const lines = createInterface({ input: text, crlfDelay: Infinity })
    // Faults of the stream are not told by the lines.
    const broken = new Promise<never>((_, reject) => text.on('error', (error) => reject(unreadable(error, file))))
    broken.catch(() => lines.close())
    let bytes = 0
    const readAll = async (): Promise<void> => {
      for await (const line of lines) {
        rows.add(line)
        bytes += line.length + 1
        if (rows.line % WATCHED_LINES === 0) watcher?.read(bytes)
      }
    }
    try {
      await Promise.race([readAll(), broken])
    } finally {
      text.destroy()
    }
    return rows.finish()
  },
  async sample(file, options) {
    const { bytes, share } = await readStart(file, SAMPLE_BYTES)
    const whole = share === 1
    const lines = bytes.toString('utf8').split('\n')
    const sink = new MemorySink(rowEndOf(options.request))
    const rows = new JsonRows(file, options, sink)
    for (const line of whole || lines.length === 1 ? lines : lines.slice(0, -1)) rows.add(line)
    const read = rows.finish()
    return { ...read, ...sink.finish(), allRows: Math.round(read.rows / share), whole }
  },
}

/** As they are, of the first `count` bytes. @throws MinimaError `data-invalid` */
export async function firstJsonRows(
  file: DataFile,
  count: number,
): Promise<{ names: readonly string[]; rows: readonly (readonly Cell[])[] }> {
  const { bytes, share } = await readStart(file, count)
  const lines = bytes.toString('utf8').split('\n')
  const whole = share === 1 || lines.length === 1 ? lines : lines.slice(0, -1)
  const rows = whole.flatMap((line, index) => (line.trim() === '' ? [] : [parseRow(line, index + 1, file)]))
  const names = Object.keys(rows[0] ?? {})
  return { names, rows: rows.map((row) => names.map((name) => plainCell(row[name]) ?? JSON.stringify(row[name]))) }
}

class JsonRows {
  line = 0
  readonly #file: DataFile
  readonly #options: TableOptions
  readonly #sink: RowSink
  #names: readonly string[] = []
  #known: ReadonlySet<string> = new Set()
  #reader: TableReader | null = null

  constructor(file: DataFile, options: TableOptions, sink: RowSink) {
    this.#file = file
    this.#options = options
    this.#sink = sink
  }

  add(text: string): void {
    this.line++
    if (text.trim() === '') return
    const row = parseRow(text, this.line, this.#file)
    const keys = Object.keys(row)
    this.#reader ??= this.#readHeader(keys)
    const unknown = keys.find((key) => !this.#known.has(key))
    if (unknown !== undefined) throw this.#fault(`has the key ${JSON.stringify(unknown)}, which the first line lacks`)
    const cells = this.#names.map((name) => this.#cellOf(row[name], name))
    this.#reader.add(cells, () => `line ${this.line}`)
  }

  finish(): ReadRows {
    if (this.#reader === null) throw fileError('the file is empty', this.#file)
    return this.#reader.finish()
  }

  #readHeader(names: readonly string[]): TableReader {
    this.#names = names
    this.#known = new Set(names)
    const fail: Fail = (message, of) =>
      fileError(message, of === undefined ? this.#file : { ...this.#file, setting: settingPathOf(of) })
    return new TableReader(names, this.#options.request, fail, this.#sink)
  }

  #cellOf(value: unknown, name: string): Cell {
    const cell = plainCell(value)
    if (cell === null)
      throw this.#fault(`holds a list or an object in ${JSON.stringify(name)}, where one value should be`)
    return cell
  }

  #fault(what: string): Error {
    return fileError(`line ${this.line} ${what}`, this.#file)
  }
}

function parseRow(text: string, line: number, file: DataFile): Record<string, unknown> {
  let row: unknown
  try {
    row = JSON.parse(text)
  } catch (error) {
    throw fileError(`line ${line} is no JSON (${(error as Error).message})`, file)
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>
  throw fileError(`line ${line} holds no object with the columns as keys`, file)
}

/** True is 1, false 0, what is not there or no number an empty cell. null: the value is more than a cell holds. */
export function plainCell(value: unknown): Cell | null {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isNaN(value) ? '' : value
    case 'bigint':
    case 'boolean':
      return Number(value)
    case 'undefined':
      return ''
    default:
      if (value === null) return ''
      return value instanceof Date ? value.toISOString() : null
  }
}
