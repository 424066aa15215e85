/** How much a row counts in the loss by its class, from what an experiment says of classes by name or number. */
import { closestName } from './closest-name.ts'
import type { ClassTarget } from './dataset.ts'

export type ClassWeightSpec = Readonly<Record<string, number>>

/** Weight of each class; 1 where none is given. */
export function classWeights(given: ClassWeightSpec, target: ClassTarget): Float32Array {
  const weights = new Float32Array(target.count).fill(1)
  for (const [key, weight] of Object.entries(given)) {
    const index = classOf(key, target)
    if (index !== null) weights[index] = weight
  }
  return weights
}

/** What is wrong with each key that is no class, or the same as an earlier one. */
export function classWeightFaults(given: ClassWeightSpec, target: ClassTarget): { key: string; fault: string }[] {
  const earlier = new Map<number, string>()
  return Object.keys(given).flatMap((key) => {
    const index = classOf(key, target)
    if (index === null) return [{ key, fault: unknownClass(key, target) }]
    const first = earlier.get(index)
    if (first === undefined) {
      earlier.set(index, key)
      return []
    }
    return [{ key, fault: `is the same class as ${first}, which has a weight already` }]
  })
}

/**
 * Weights of rows by their labels.
 *
 * @param labels class numbers, or one-hot rows of `weights.length` numbers
 */
export function rowWeights(labels: Float32Array, rows: number, weights: Float32Array): Float32Array {
  const width = labels.length / rows
  return Float32Array.from({ length: rows }, (_, row) => {
    const label = width === 1 ? (labels[row] ?? 0) : labels.subarray(row * width, (row + 1) * width).indexOf(1)
    return weights[label] ?? 1
  })
}

/** How much rows count: a number for each; where rows are too many for that, by class, by row, or the product of both. */
export type RowWeights =
  Float32Array | { readonly ofClass: Float32Array | null; readonly ofRow: ((row: number) => number) | null }

/** Of the rows `rowNumbers`, which have these labels. */
export function weightsOf(weights: RowWeights, rowNumbers: Int32Array, labels: Float32Array): Float32Array {
  if (weights instanceof Float32Array) return Float32Array.from(rowNumbers, (row) => weights[row] ?? 1)
  const { ofClass, ofRow } = weights
  const byClass = ofClass === null ? null : rowWeights(labels, rowNumbers.length, ofClass)
  return Float32Array.from(rowNumbers, (row, at) => (byClass?.[at] ?? 1) * (ofRow?.(row) ?? 1))
}

/** Its number; null: there is no such class. */
function classOf(key: string, { classes, count }: ClassTarget): number | null {
  const named = classes?.indexOf(key) ?? -1
  if (named >= 0) return named
  return /^\d+$/.test(key) && Number(key) < count ? Number(key) : null
}

function unknownClass(key: string, { classes, count }: ClassTarget): string {
  if (classes === null || /^\d+$/.test(key)) return `is no class; they go from 0 to ${count - 1}`
  const meant = closestName(key, classes)
  return meant === null ? `is no class; they are ${classes.join(', ')}` : `is no class; did you mean ${meant}?`
}
