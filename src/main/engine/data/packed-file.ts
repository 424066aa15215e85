/**
 * A table that was read once and lies in the cache as numbers, so that rows can be read from any place: `<key>.rows` has
 * float32 in the machine's byte order, row by row, features, targets (of category columns the codes) and perhaps a key, and `<key>.json`,
 * which is written last, says what they are.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { endLength, type ReadRows, type RowEnd, type RowSink } from './table-reader.ts'

export const PACKED_FORMAT = 'minima-rows 2'

const packedMeta = z.object({
  format: z.literal(PACKED_FORMAT),
  /** The file that was packed, as it was. */
  source: z.object({ path: z.string(), size: z.number(), mtimeMs: z.number() }),
  rows: z.number(),
  featureNames: z.array(z.string()),
  /** Of each category column: its texts in the order of their codes, and where each was met. */
  texts: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.string()]))])),
  missing: z.array(z.tuple([z.string(), z.number()])),
  dropped: z.number(),
  targets: z.number(),
  weighted: z.boolean(),
  keyed: z.boolean(),
  /** Whether every label is 0 or 1. */
  zeroOne: z.boolean(),
})
export type PackedMeta = z.infer<typeof packedMeta>
export type PackedSource = PackedMeta['source']

export interface PackedTable extends ReadRows, RowEnd {
  readonly path: string
  readonly zeroOne: boolean
  readonly bytes: number
}

/** Numbers that are written at once. */
const BUFFER = 2 ** 20

/** Writes rows into a draft; `commit` makes it count. */
export class PackedWriter implements RowSink {
  readonly #draft: string
  readonly #end: RowEnd
  readonly #buffer = new Float32Array(BUFFER)
  readonly #bytes = new Uint8Array(this.#buffer.buffer)
  readonly #file: number
  #filled = 0
  #zeroOne = true

  constructor(draft: string, end: RowEnd) {
    this.#draft = draft
    this.#end = end
    this.#file = openSync(draft, 'w')
  }

  add(row: Float32Array): void {
    if (this.#filled + row.length > BUFFER) this.#flush()
    this.#buffer.set(row, this.#filled)
    this.#filled += row.length
    const from = row.length - endLength(this.#end)
    for (let index = from; index < from + this.#end.targets; index++) {
      if (row[index] !== 0 && row[index] !== 1) this.#zeroOne = false
    }
  }

  /** @param paths as `packedPaths` gives them */
  async commit(paths: PackedPaths, source: PackedSource, read: ReadRows): Promise<void> {
    this.#flush()
    closeSync(this.#file)
    const meta: PackedMeta = {
      format: PACKED_FORMAT,
      source,
      rows: read.rows,
      featureNames: [...read.featureNames],
      texts: [...read.texts].map(([name, texts]) => [name, [...texts].map(([text, { place }]) => [text, place])]),
      missing: [...read.missing],
      dropped: read.dropped,
      ...this.#end,
      zeroOne: this.#zeroOne,
    }
    await rename(this.#draft, paths.rows)
    await writeFile(`${this.#draft}.json`, JSON.stringify(meta))
    await rename(`${this.#draft}.json`, paths.meta)
  }

  async drop(): Promise<void> {
    closeSync(this.#file)
    await rm(this.#draft, { force: true })
  }

  #flush(): void {
    const bytes = 4 * this.#filled
    for (let at = 0; at < bytes;) at += writeSync(this.#file, this.#bytes, at, bytes - at)
    this.#filled = 0
  }
}

export interface PackedPaths {
  readonly rows: string
  readonly meta: string
}

/** null: there is none, or one of another format. */
export async function readPackedMeta(path: string): Promise<PackedMeta | null> {
  try {
    return packedMeta.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return null
  }
}

export function packedTable(path: string, meta: PackedMeta): PackedTable {
  const { rows, featureNames, dropped, targets, weighted, keyed, zeroOne } = meta
  const texts = meta.texts.map(
    ([name, list]) => [name, new Map(list.map(([text, place], code) => [text, { code, place }]))] as const,
  )
  const bytes = 4 * rows * (featureNames.length + endLength({ targets, weighted, keyed }))
  const missing = new Map(meta.missing)
  return { path, rows, featureNames, texts: new Map(texts), missing, dropped, targets, weighted, keyed, zeroOne, bytes }
}
