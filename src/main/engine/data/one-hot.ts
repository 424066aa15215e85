/** Feature columns of categories, spread out into one column of 0 and 1 for each. */
import type { MinimaError } from '../../../contract/errors.ts'
import type { RawTable, Texts } from './table-reader.ts'

/** Categories of a column in the order of the columns they become. */
export type Categories = ReadonlyMap<string, readonly string[]>

/** Sorted; as numbers, when all are. */
export function findCategories(texts: Texts): string[] {
  const labels = [...texts.keys()]
  if (labels.every((label) => Number.isFinite(Number(label)))) {
    return labels.toSorted((left, right) => Number(left) - Number(right))
  }
  return labels.toSorted((left, right) => (left < right ? -1 : 1))
}

export function expandedNames(featureNames: readonly string[], categories: Categories): string[] {
  return featureNames.flatMap((name) => categories.get(name)?.map((category) => `${name}=${category}`) ?? [name])
}

/** @throws what `fail` makes for a category that is not among `categories` (a test file may hold one). */
export function expandFeatures(
  table: RawTable,
  categories: Categories,
  fail: (message: string) => MinimaError,
): Float32Array {
  if (categories.size === 0) return table.features
  const columns = table.featureNames.map((name) => {
    const known = categories.get(name)
    if (known === undefined) return { width: 1, positions: null }
    return { width: known.length, positions: positionsOf(name, table.texts.get(name), known, fail) }
  })
  const width = columns.reduce((sum, column) => sum + column.width, 0)
  const expanded = new Float32Array(table.rows * width)
  let from = 0
  for (let row = 0; row < table.rows; row++) {
    let to = row * width
    for (const { width: span, positions } of columns) {
      const value = table.features[from++] ?? 0
      if (positions === null) expanded[to] = value
      else expanded[to + (positions[value] ?? 0)] = 1
      to += span
    }
  }
  return expanded
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
