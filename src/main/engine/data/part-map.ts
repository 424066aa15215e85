/** Which part each row of a file belongs to, in two bits a row: 70 million rows take 17 MB. */

export const PART = { train: 0, validation: 1, test: 2, none: 3 } as const
export type PartNumber = (typeof PART)[keyof typeof PART]

export class PartMap {
  readonly rows: number
  readonly #bits: Uint8Array

  /** @param part of all rows that are not put elsewhere */
  constructor(rows: number, part: PartNumber) {
    this.rows = rows
    this.#bits = new Uint8Array(Math.ceil(rows / 4)).fill(part * 0b01010101)
  }

  partOf(row: number): PartNumber {
    return (((this.#bits[row >> 2] as number) >> (2 * (row & 3))) & 3) as PartNumber
  }

  put(row: number, part: PartNumber): void {
    const shift = 2 * (row & 3)
    const byte = this.#bits[row >> 2] as number
    this.#bits[row >> 2] = (byte & ~(3 << shift)) | (part << shift)
  }

  putAll(rows: Int32Array, part: PartNumber): void {
    for (let index = 0; index < rows.length; index++) this.put(rows[index] as number, part)
  }
}

/** Rows of a file by their number in a part. */
export interface RowSelection {
  readonly count: number
  /** Rows of the file that lie between the first and the last. */
  readonly span: number
  fileRow(index: number): number
}

export function rangeOfRows(from: number, count: number): RowSelection {
  return { count, span: count, fileRow: (index) => from + index }
}

const BLOCK = 1 << 14
/** Blocks whose rows are listed at a time; each takes 32 KB at most. */
const MOST_LISTED = 1024

/** In file order. Counted block by block; the rows of a block are listed when one of them is asked for. */
export function rowsOfPart(map: PartMap, part: PartNumber): RowSelection {
  const blocks = Math.ceil(map.rows / BLOCK)
  const starts = new Int32Array(blocks + 1)
  for (let block = 0; block < blocks; block++) {
    let count = 0
    const end = Math.min(map.rows, (block + 1) * BLOCK)
    for (let row = block * BLOCK; row < end; row++) if (map.partOf(row) === part) count++
    starts[block + 1] = (starts[block] as number) + count
  }
  const lists = new Map<number, Uint16Array>()
  const listOf = (block: number): Uint16Array => {
    const known = lists.get(block)
    if (known) return known
    const list = new Uint16Array((starts[block + 1] as number) - (starts[block] as number))
    const end = Math.min(map.rows, (block + 1) * BLOCK)
    let at = 0
    for (let row = block * BLOCK; row < end; row++) if (map.partOf(row) === part) list[at++] = row - block * BLOCK
    if (lists.size === MOST_LISTED) lists.clear()
    lists.set(block, list)
    return list
  }
  let last = 0
  let list: Uint16Array | null = null
  return {
    count: starts[blocks] as number,
    span: map.rows,
    fileRow(index) {
      if (list === null || index < (starts[last] as number) || index >= (starts[last + 1] as number)) {
        last = blockOf(starts, index)
        list = listOf(last)
      }
      return last * BLOCK + (list[index - (starts[last] as number)] as number)
    },
  }
}

/** The block in which the row `index` of the part lies. */
function blockOf(starts: Int32Array, index: number): number {
  let low = 0
  let high = starts.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= index) low = middle
    else high = middle - 1
  }
  return low
}
