/** Which rows of a file on the disk are for training, validation and test, without a number for each row in memory. */
import type { SplitSpec } from '../../../contract/experiment/data.ts'
import { labelOf } from './batches.ts'
import type { PartSizes } from './dataset.ts'
import type { PackedRows } from './disk-rows.ts'
import { PART, PartMap, rangeOfRows, rowsOfPart } from './part-map.ts'
import { createRandom, deriveSeed, STREAM } from './random.ts'
import type { RowKeys } from './row-keys.ts'
import type { Parts } from './split-rows.ts'
import { mapByHash, splitRows, takeProportionally } from './split-rows.ts'

export type DiskParts = Readonly<Record<keyof PartSizes, PackedRows>>

/** Up to so many rows a split by chance has the very rows that it has in memory. */
const SAME_AS_IN_MEMORY = 2 ** 24

/** @param all rows of the file @param hasClasses labels are class numbers, to stratify by */
export function splitDiskRows(spec: SplitSpec, all: PackedRows, sizes: PartSizes, hasClasses: boolean): DiskParts {
  const { train, validation, test } = sizes
  const byClass = spec.stratify && hasClasses
  if (!spec.shuffle && !spec.stratify) {
    return {
      train: all.part(rangeOfRows(0, train)),
      validation: all.part(rangeOfRows(train, validation)),
      test: all.part(rangeOfRows(train + validation, test)),
    }
  }
  if (all.rows > SAME_AS_IN_MEMORY) return partsOf(all, drawParts(spec, all, sizes, byClass))
  const classOf = byClass ? Float32Array.from({ length: all.rows }, (_, row) => labelOf(all, row)) : null
  return diskParts(all, splitRows(spec, all.rows, classOf))
}

/** Rows keep the order of the file within a part. */
export function diskParts(all: PackedRows, { train, validation, test }: Parts): DiskParts {
  const map = new PartMap(all.rows, train === null ? PART.train : PART.none)
  if (train !== null) map.putAll(train, PART.train)
  map.putAll(validation, PART.validation)
  map.putAll(test, PART.test)
  return partsOf(all, map)
}

/** By what rows hold. */
export function splitDiskByHash(spec: SplitSpec, all: PackedRows, keys: RowKeys): DiskParts {
  return partsOf(all, mapByHash(spec, all.rows, keys))
}

function partsOf(all: PackedRows, map: PartMap): DiskParts {
  return {
    train: all.part(rowsOfPart(map, PART.train)),
    validation: all.part(rowsOfPart(map, PART.validation)),
    test: all.part(rowsOfPart(map, PART.test)),
  }
}

/**
 * Goes through the rows once and draws for each a part, with the chance that the part has of what is left of it: sizes come
 * out exact (Knuth's selection sampling), of each class if it is `byClass`.
 */
function drawParts(spec: SplitSpec, all: PackedRows, sizes: PartSizes, byClass: boolean): PartMap {
  const random = createRandom(deriveSeed(spec.seed, STREAM.split))
  const map = new PartMap(all.rows, PART.train)
  const stratum = (row: number): number => (byClass ? labelOf(all, row) : 0)
  const left = new Map<number, number>()
  for (let row = 0; row < all.rows; row++) left.set(stratum(row), (left.get(stratum(row)) ?? 0) + 1)
  const undealt = new Map(left)
  const test = takeProportionally(sizes.test, undealt, random)
  const validation = takeProportionally(sizes.validation, undealt, random)
  for (let row = 0; row < all.rows; row++) {
    const own = stratum(row)
    const rows = left.get(own) ?? 1
    const forTest = test.get(own) ?? 0
    const forValidation = validation.get(own) ?? 0
    const drawn = random.nextFloat() * rows
    left.set(own, rows - 1)
    if (drawn < forTest) {
      map.put(row, PART.test)
      test.set(own, forTest - 1)
    } else if (drawn < forTest + forValidation) {
      map.put(row, PART.validation)
      validation.set(own, forValidation - 1)
    }
  }
  return map
}
