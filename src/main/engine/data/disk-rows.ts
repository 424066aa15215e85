/** Rows of a packed table as a training asks for them: read from the disk block by block, categories spread out, labels as classes. */
import { BlockCache } from './block-cache.ts'
import type { DiskRows, RowWindows } from './dataset.ts'
import type { PackedTable } from './packed-file.ts'
import { rangeOfRows, type RowSelection } from './part-map.ts'
import type { RowLayout } from './row-layout.ts'
import { endLength, type RowEnd } from './table-reader.ts'

export interface DiskRowsOptions {
  /** What the experiment allows for rows in memory. */
  readonly budget: number
  readonly layout: RowLayout
  /** Class number of each code; null: labels are values. */
  readonly classOfCode: readonly number[] | null
}

/** Rows whose order is mixed are of so many bytes of the file, at most. */
const MOST_WINDOW_BYTES = 64 * 2 ** 20
const BLOCKS_OF_WINDOW = 64
/** Blocks of the cache in one of a window: what is read for its edges is then little. */
const PIECES = 8
/** A window, the edges of its blocks, and what others (another part, the next window) use meanwhile. */
const WINDOWS_IN_MEMORY = 1.5

export class PackedRows implements DiskRows {
  readonly rows: number
  readonly featureWidth: number
  readonly windows: RowWindows
  readonly #file: OpenTable
  readonly #selection: RowSelection

  /** What stands for NaN, feature by feature; null: there is none. */
  readonly #fill: Float32Array | null

  constructor(file: OpenTable, selection: RowSelection, fill: Float32Array | null = null) {
    this.#fill = fill
    this.rows = selection.count
    this.featureWidth = file.layout.width
    this.#file = file
    this.#selection = selection
    // Where the part has but some of the rows, fewer rows are as much of the file.
    const density = selection.count / Math.max(1, selection.span)
    const blockRows = Math.max(1, Math.floor(file.pieceRows * PIECES * density))
    this.windows = { blockRows, windowBlocks: BLOCKS_OF_WINDOW }
  }

  /** A part of these rows, which are all of the file. */
  part(selection: RowSelection): PackedRows {
    return new PackedRows(this.#file, selection)
  }

  /** These rows, with values for what is missing. */
  filled(values: Float32Array): PackedRows {
    return new PackedRows(this.#file, this.#selection, values)
  }

  readFeatures(row: number, out: Float32Array, to: number): void {
    const { layout, width, pieceRows } = this.#file
    const fileRow = this.#selection.fileRow(row)
    layout.expand(this.#file.piece(fileRow), (fileRow % pieceRows) * width, out, to)
    if (this.#fill === null) return
    for (let index = 0; index < layout.width; index++) {
      if (Number.isNaN(out[to + index])) out[to + index] = this.#fill[index] as number
    }
  }

  readLabels(row: number, out: Float32Array, to: number): void {
    const { width, pieceRows, end, classOfCode } = this.#file
    const { targets } = end
    const fileRow = this.#selection.fileRow(row)
    const piece = this.#file.piece(fileRow)
    const from = (fileRow % pieceRows) * width + width - endLength(end)
    for (let index = 0; index < targets; index++) {
      const value = piece[from + index] as number
      out[to + index] = classOfCode === null ? value : (classOfCode[value] ?? NaN)
    }
  }

  get isWeighted(): boolean {
    return this.#file.end.weighted
  }

  readWeight(row: number): number {
    const { width, pieceRows, end } = this.#file
    const fileRow = this.#selection.fileRow(row)
    const at = width - (end.keyed ? 2 : 1)
    return this.#file.piece(fileRow)[(fileRow % pieceRows) * width + at] as number
  }

  /** Of rows that have one. */
  readKey(row: number): number {
    const { width, pieceRows } = this.#file
    const fileRow = this.#selection.fileRow(row)
    return this.#file.piece(fileRow)[(fileRow % pieceRows) * width + width - 1] as number
  }

  /** How much was read so far. */
  get piecesRead(): number {
    return this.#file.piecesRead
  }
}

/** All rows of a packed table. */
export function diskRows(table: PackedTable, options: DiskRowsOptions): PackedRows {
  return new PackedRows(new OpenTable(table, options), rangeOfRows(0, table.rows))
}

/** The file that parts share, with what of it is in memory. */
class OpenTable {
  readonly layout: RowLayout
  readonly classOfCode: readonly number[] | null
  readonly end: RowEnd
  /** Numbers of a row in the file. */
  readonly width: number
  /** Rows that are read at once. */
  readonly pieceRows: number
  readonly #cache: BlockCache

  constructor(table: PackedTable, { budget, layout, classOfCode }: DiskRowsOptions) {
    this.layout = layout
    this.classOfCode = classOfCode
    this.end = table
    this.width = table.featureNames.length + endLength(table)
    const windowBytes = Math.min(MOST_WINDOW_BYTES, budget / 2)
    const pieces = BLOCKS_OF_WINDOW * PIECES
    this.pieceRows = Math.max(1, Math.floor(windowBytes / pieces / (4 * this.width)))
    this.#cache = new BlockCache({
      path: table.path,
      numbers: table.rows * this.width,
      numbersPerBlock: this.pieceRows * this.width,
      capacity: Math.ceil(pieces * WINDOWS_IN_MEMORY),
    })
  }

  piece(fileRow: number): Float32Array {
    return this.#cache.block(Math.floor(fileRow / this.pieceRows))
  }

  get piecesRead(): number {
    return this.#cache.reads
  }
}
