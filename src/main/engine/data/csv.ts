/** CSV and TSV files with a header line, plain or gzip, read as a stream. */
import Papa from 'papaparse'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { openText, readStart, unreadable } from './data-file.ts'
import type { TableFormat } from './table-format.ts'
import type { Fail, ReadRows, RowSink, TableRequest } from './table-reader.ts'
import { MemorySink, rowEndOf, settingPathOf, TableReader } from './table-reader.ts'

/** What is read to see what a file is like. */
const SAMPLE_BYTES = 2 ** 20

export const csv: TableFormat = {
  name: 'csv',
  isText: true,
  async readInto(sink, file, { delimiter, request }, watcher) {
    const lines = new CsvLines(file, request, sink)
    const text = await openText(file)
    await new Promise<void>((resolve, reject) => {
      const stop = (error: unknown): void => {
        text.destroy()
        reject(error as Error)
      }
      text.on('error', (error) => reject(unreadable(error, file)))
      Papa.parse<string[]>(text, {
        delimiter: delimiter ?? '',
        chunk({ data, errors, meta }, parser) {
          try {
            // An open quote swallows the rest of the file into the last row.
            const openQuote = errors.some((error) => error.type === 'Quotes')
            for (const cells of openQuote ? data.slice(0, -1) : data) lines.add(cells)
            if (openQuote) throw fileError(`a quote opened on line ${lines.line} is never closed`, file)
            watcher?.read(meta.cursor)
          } catch (error) {
            // First: abort calls `complete`.
            stop(error)
            parser.abort()
          }
        },
        complete: () => resolve(),
        error: (error) => reject(unreadable(error, file)),
      })
    })
    return lines.finish()
  },
  async sample(file, { delimiter, request }) {
    const { bytes, share } = await readStart(file, SAMPLE_BYTES)
    const whole = share === 1
    // The last line may be cut off, and so may a character.
    const end = whole ? bytes.length : bytes.lastIndexOf(10) + 1
    const text = bytes.subarray(0, end === 0 ? bytes.length : end).toString('utf8')
    const sink = new MemorySink(rowEndOf(request))
    const lines = new CsvLines(file, request, sink)
    const { data, errors } = Papa.parse<string[]>(text, { delimiter: delimiter ?? '' })
    const openQuote = errors.some((error) => error.type === 'Quotes')
    for (const cells of openQuote ? data.slice(0, -1) : data) lines.add(cells)
    const read = lines.finish()
    return { ...read, ...sink.finish(), allRows: Math.round(read.rows / share), whole: whole && !openQuote }
  },
}

/** Counts lines and hands rows on; blank lines are no rows. */
class CsvLines {
  line = 1
  readonly #file: DataFile
  readonly #request: TableRequest
  readonly #fail: Fail
  readonly #sink: RowSink
  #reader: TableReader | null = null

  constructor(file: DataFile, request: TableRequest, sink: RowSink) {
    this.#file = file
    this.#sink = sink
    this.#request = request
    this.#fail = (message, of) => fileError(message, of === undefined ? file : { ...file, setting: settingPathOf(of) })
  }

  add(cells: readonly string[]): void {
    const line = this.line
    this.line += 1 + breaksWithin(cells)
    if (cells.length === 1 && cells[0]?.trim() === '') return
    if (this.#reader === null) this.#reader = this.#readHeader(cells)
    else this.#reader.add(cells, () => `line ${line}`)
  }

  finish(): ReadRows {
    if (this.#reader === null) throw fileError('the file is empty', this.#file)
    return this.#reader.finish()
  }

  #readHeader(cells: readonly string[]): TableReader {
    const names = cells.map((cell) => cell.replace(/^\ufeff/, '').trim())
    if (names.every((name) => name !== '' && Number.isFinite(Number(name)))) {
      throw fileError('the first line holds numbers; a line with the names of the columns must come first', this.#file)
    }
    return new TableReader(names, this.#request, this.#fail, this.#sink)
  }
}

/** Line breaks inside quoted cells. */
function breaksWithin(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++
  }
  return count
}
