/** Feature columns of categories, spread out into one column of 0 and 1 for each. */
import type { Texts } from './table-reader.ts'

/** Categories of a column in the order of the columns they become. */
export type Categories = ReadonlyMap<string, readonly string[]>

/** Sorted; as numbers, when all are. @param also such as need not be there */
export function findCategories(texts: Texts, also: readonly string[] = []): string[] {
  const labels = [...new Set([...texts.keys(), ...also])]
  if (labels.every((label) => Number.isFinite(Number(label)))) {
    return labels.toSorted((left, right) => Number(left) - Number(right))
  }
  return labels.toSorted((left, right) => (left < right ? -1 : 1))
}

export function expandedNames(featureNames: readonly string[], categories: Categories): string[] {
  return featureNames.flatMap((name) => categories.get(name)?.map((category) => `${name}=${category}`) ?? [name])
}
