/** CSV and TSV files with a header line, plain or gzip, read as a stream. */
import Papa from 'papaparse'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { openText, unreadable } from './data-file.ts'
import type { Fail, RawTable, TableRequest } from './table-reader.ts'
import { settingPathOf, TableReader } from './table-reader.ts'

export interface CsvOptions {
  /** One character; null: found out. */
  readonly delimiter: string | null
  readonly request: TableRequest
}

/** @throws MinimaError `data-invalid` */
export async function readCsv(file: DataFile, options: CsvOptions): Promise<RawTable> {
  const lines = new CsvLines(file, options.request)
  const text = await openText(file)
  await new Promise<void>((resolve, reject) => {
    const stop = (error: unknown): void => {
      text.destroy()
      reject(error as Error)
    }
    text.on('error', (error) => reject(unreadable(error, file)))
    Papa.parse<string[]>(text, {
      delimiter: options.delimiter ?? '',
      chunk({ data, errors }, parser) {
        try {
          // An open quote swallows the rest of the file into the last row.
          const openQuote = errors.some((error) => error.type === 'Quotes')
          for (const cells of openQuote ? data.slice(0, -1) : data) lines.add(cells)
          if (openQuote) throw fileError(`a quote opened on line ${lines.line} is never closed`, file)
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
}

/** Counts lines and hands rows on; blank lines are no rows. */
class CsvLines {
  line = 1
  readonly #file: DataFile
  readonly #request: TableRequest
  readonly #fail: Fail
  #reader: TableReader | null = null

  constructor(file: DataFile, request: TableRequest) {
    this.#file = file
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

  finish(): RawTable {
    if (this.#reader === null) throw fileError('the file is empty', this.#file)
    return this.#reader.finish()
  }

  #readHeader(cells: readonly string[]): TableReader {
    const names = cells.map((cell) => cell.replace(/^\ufeff/, '').trim())
    if (names.every((name) => name !== '' && Number.isFinite(Number(name)))) {
      throw fileError('the first line holds numbers; a line with the names of the columns must come first', this.#file)
    }
    return new TableReader(names, this.#request, this.#fail)
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
