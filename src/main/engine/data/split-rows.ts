/** Which rows are for training, which for validation and which for the test. */
import type { SplitSpec } from '../../../contract/experiment/data.ts'
import type { PartSizes } from './dataset.ts'
import { PART, PartMap, rowsOfPart, type PartNumber } from './part-map.ts'
import type { Random } from './random.ts'
import { createRandom, deriveSeed, rowRange, shuffleInPlace, STREAM } from './random.ts'
import { partByKey, type RowKeys } from './row-keys.ts'

/** Row numbers of each part; null: all rows in order. */
export interface Parts {
  readonly train: Int32Array | null
  readonly validation: Int32Array
  readonly test: Int32Array
}

/** Rows that a share takes; Keras gives training the first floor(rows × (1 − fraction)). */
function rowsOf(share: number, rows: number): number {
  return share < 1 ? rows - Math.floor(rows * (1 - share)) : share
}

/** Sizes by the shares of the file; `train` is 0 or less when they ask for more rows than there are. */
export function partSizes(spec: SplitSpec, rows: number): PartSizes {
  const validation = rowsOf(spec.validation, rows)
  const test = rowsOf(spec.test, rows)
  return { train: rows - validation - test, validation, test }
}

/**
 * Parts lie [train | validation | test] in file order, or in an order that depends on the seed alone. Every row is in
 * exactly one of them. @param classOf class number of each row, to stratify by
 */
export function splitRows(spec: SplitSpec, rows: number, classOf: Float32Array | null): Parts {
  const sizes = partSizes(spec, rows)
  if (!spec.shuffle && !spec.stratify && sizes.train === rows) {
    return { train: null, validation: new Int32Array(), test: new Int32Array() }
  }
  const order = rowRange(rows)
  const random = createRandom(deriveSeed(spec.seed, STREAM.split))
  if (spec.shuffle || spec.stratify) shuffleInPlace(order, random)
  if (spec.stratify && classOf !== null) return stratify(order, sizes, classOf, random)
  return {
    train: order.subarray(0, sizes.train),
    validation: order.subarray(sizes.train, sizes.train + sizes.validation),
    test: order.subarray(sizes.train + sizes.validation),
  }
}

/** By what rows hold; each part in file order. */
export function splitByHash(spec: SplitSpec, rows: number, keys: RowKeys): Parts {
  const map = mapByHash(spec, rows, keys)
  const numbersOf = (part: PartNumber): Int32Array => {
    const { count, fileRow } = rowsOfPart(map, part)
    return Int32Array.from({ length: count }, (_, index) => fileRow(index))
  }
  return { train: numbersOf(PART.train), validation: numbersOf(PART.validation), test: numbersOf(PART.test) }
}

export function mapByHash(spec: SplitSpec, rows: number, keys: RowKeys): PartMap {
  const partOf = partByKey(spec)
  const map = new PartMap(rows, PART.train)
  for (let row = 0; row < rows; row++) map.put(row, partOf(keys(row)))
  return map
}

/** Deals the rows of each class out to the parts in proportion; parts keep the shuffled order. */
function stratify(order: Int32Array, sizes: PartSizes, classOf: Float32Array, random: Random): Parts {
  const left = countClasses(order, classOf)
  const quotas = [sizes.test, sizes.validation].map((size) => takeProportionally(size, left, random))
  const parts: { test: number[]; validation: number[]; train: number[] } = { test: [], validation: [], train: [] }
  for (const row of order) {
    const label = classOf[row] ?? 0
    const part = quotas.findIndex((quota) => (quota.get(label) ?? 0) > 0)
    const quota = quotas[part]
    quota?.set(label, (quota.get(label) ?? 0) - 1)
    parts[part === 0 ? 'test' : part === 1 ? 'validation' : 'train'].push(row)
  }
  return {
    train: Int32Array.from(parts.train),
    validation: Int32Array.from(parts.validation),
    test: Int32Array.from(parts.test),
  }
}

function countClasses(order: Int32Array, classOf: Float32Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const row of order) counts.set(classOf[row] ?? 0, (counts.get(classOf[row] ?? 0) ?? 0) + 1)
  return counts
}

/**
 * Takes `size` rows out of `left` (rows by class) and says how many of each class: the share, rounded down, and what is
 * then missing one by one from the classes with the largest remainders; ties go by lot.
 */
export function takeProportionally(size: number, left: Map<number, number>, random: Random): Map<number, number> {
  const total = [...left.values()].reduce((sum, count) => sum + count, 0)
  const shares = [...left].map(([label, count]) => {
    const exact = (size * count) / total
    return { label, taken: Math.floor(exact), remainder: exact - Math.floor(exact), lot: random.nextFloat() }
  })
  const missing = size - shares.reduce((sum, { taken }) => sum + taken, 0)
  shares.sort((one, other) => other.remainder - one.remainder || one.lot - other.lot)
  for (const share of shares.slice(0, missing)) share.taken++
  for (const { label, taken } of shares) left.set(label, (left.get(label) ?? 0) - taken)
  return new Map(shares.map(({ label, taken }) => [label, taken]))
}
