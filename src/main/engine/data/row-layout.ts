/** How a row as it was read becomes the features of a model: columns of categories are spread out into 0 and 1. */
import type { MinimaError } from '../../../contract/errors.ts'
import type { Categories } from './one-hot.ts'
import type { RawTable, ReadRows, Texts } from './table-reader.ts'

export interface RowLayout {
  /** Features of a row. */
  readonly width: number
  /** They are the numbers that were read. */
  readonly plain: boolean
  /** @param raw a row begins at `from`; its features are written from `to` on */
  expand(raw: Float32Array, from: number, out: Float32Array, to: number): void
}

/** Of each text column the number of each of its texts, by the code that it was read with. */
export type TextNumbers = ReadonlyMap<string, readonly number[]>

/** @param flagged names of columns for each of which a feature says whether it was missing; they come last
 * @throws what `fail` makes for a category that is not among `categories` (a test file may hold one). */
export function rowLayout(
  { featureNames, texts }: ReadRows,
  categories: Categories,
  textNumbers: TextNumbers,
  flagged: readonly string[],
  fail: (message: string) => MinimaError,
): RowLayout {
  const columns = featureNames.map((name) => {
    const known = categories.get(name)
    const numbers = textNumbers.get(name) ?? null
    if (known === undefined) return { width: 1, positions: null, numbers }
    return { width: known.length, positions: positionsOf(name, texts.get(name), known, fail), numbers }
  })
  const flags = flagged.map((name) => featureNames.indexOf(name))
  const width = columns.reduce((sum, column) => sum + column.width, flags.length)
  if (categories.size === 0 && textNumbers.size === 0 && flags.length === 0)
    return { width, plain: true, expand: (raw, from, out, to) => copy(raw, from, out, to, width) }
  return {
    width,
    plain: false,
    expand(raw, from, out, to) {
      let at = to
      for (const [index, { width: span, positions, numbers }] of columns.entries()) {
        const value = raw[from + index] as number
        if (numbers !== null) out[at] = numbers[value] ?? 0
        else if (positions === null) out[at] = value
        else if (Number.isNaN(value)) out.fill(NaN, at, at + span)
        else {
          out.fill(0, at, at + span)
          out[at + (positions[value] ?? 0)] = 1
        }
        at += span
      }
      for (const index of flags) out[at++] = Number.isNaN(raw[from + index]) ? 1 : 0
    },
  }
}

/** All rows of a table in memory. */
export function expandFeatures({ rows, featureNames, features }: RawTable, layout: RowLayout): Float32Array {
  if (layout.plain) return features
  const expanded = new Float32Array(rows * layout.width)
  for (let row = 0; row < rows; row++) {
    layout.expand(features, row * featureNames.length, expanded, row * layout.width)
  }
  return expanded
}

function copy(raw: Float32Array, from: number, out: Float32Array, to: number, count: number): void {
  for (let index = 0; index < count; index++) out[to + index] = raw[from + index] as number
}

function positionsOf(
  name: string,
  texts: Texts | undefined,
  known: readonly string[],
  fail: (message: string) => MinimaError,
): number[] {
  return [...(texts ?? [])].map(([label, { place }]) => {
    const position = known.indexOf(label)
    if (position >= 0) return position
    throw fail(
      `${place}, column "${name}": ${JSON.stringify(label)} is not among the training file's ${known.join(', ')}`,
    )
  })
}
