/** Puts something where nothing was: a mean, a median or what is there most often in the training rows, or a value. */
import type { MinimaError } from '../../../contract/errors.ts'
import { dataError } from './data-error.ts'
import type { DiskRows, Table } from './dataset.ts'
import type { Fill } from './missing-rules.ts'
import { walkRows } from './walk-rows.ts'

/** A column some of whose cells are missing: NaN, in all the features that it became. */
export interface FilledColumn {
  readonly name: string
  /** Its features: from `from`, `span` of them. */
  readonly from: number
  readonly span: number
  /** In the order of its features; null: it holds numbers. */
  readonly categories: readonly string[] | null
  readonly fill: Fill
}

/** More different numbers than it makes sense to look for the most frequent of. */
const MOST_COUNTED = 100_000

/**
 * What stands for what is missing, feature by feature; NaN where nothing is.
 *
 * @param rows those of the table that are for training; null: all
 * @throws MinimaError `data-invalid` when there is nothing to fill a column with
 */
export function fillValues(
  table: Table | DiskRows,
  rows: Int32Array | null,
  columns: readonly FilledColumn[],
): Float32Array {
  const values = new Float32Array(table.featureWidth).fill(NaN)
  const numbers = columns.filter(({ categories }) => categories === null)
  const [means, medians, modes] = (['mean', 'median', 'mode'] as const).map((by) =>
    numbers.filter(({ fill }) => fill.by === by),
  )
  putAll(values, means ?? [], meansOf)
  putAll(values, medians ?? [], mediansOf)
  putAll(values, modes ?? [], modesOf)
  for (const column of columns) {
    const { from, span, categories, fill } = column
    if (categories !== null) {
      const position = fill.by === 'value' ? categories.indexOf(String(fill.value)) : mostFrequent(table, rows, column)
      values.fill(0, from, from + span)
      values[from + position] = 1
    } else if (fill.by === 'value') values[from] = numberOf(fill.value, column)
  }
  return values

  function putAll(into: Float32Array, some: readonly FilledColumn[], statistic: Statistic): void {
    if (some.length === 0) return
    const found = statistic(table, rows, some)
    for (const [index, column] of some.entries()) {
      const value = found[index] ?? NaN
      if (Number.isNaN(value)) throw fault(column, 'no training row has a value there')
      into[column.from] = value
    }
  }
}

/** Of each column, over the rows that have a value; NaN when none has. */
type Statistic = (table: Table | DiskRows, rows: Int32Array | null, columns: readonly FilledColumn[]) => number[]

const meansOf: Statistic = (table, rows, columns) => {
  const sums = columns.map(() => 0)
  const counts = columns.map(() => 0)
  eachValue(table, rows, columns, (value, index) => {
    sums[index] = (sums[index] ?? 0) + value
    counts[index] = (counts[index] ?? 0) + 1
  })
  return sums.map((sum, index) => sum / (counts[index] ?? 0))
}

/**
 * Exact, in two passes and little memory however many rows there are: numbers are counted by the upper half of their bits,
 * and those that share it with the middle one by the lower. Of an even number of values the mean of the two in the middle.
 */
const mediansOf: Statistic = (table, rows, columns) => {
  const counts = columns.map(() => 0)
  const upper = columns.map(() => new Uint32Array(1 << 16))
  eachValue(table, rows, columns, (value, index) => {
    const half = orderedBits(value) >>> 16
    const histogram = upper[index] as Uint32Array
    histogram[half] = (histogram[half] ?? 0) + 1
    counts[index] = (counts[index] ?? 0) + 1
  })
  const wanted = columns.map((_, index) => {
    const count = counts[index] ?? 0
    const ranks = count === 0 ? [] : [Math.floor((count - 1) / 2), Math.floor(count / 2)]
    return ranks.map((rank) => {
      const { bin, before } = binOf(upper[index] as Uint32Array, rank)
      return { half: bin, rank: rank - before, lower: new Uint32Array(1 << 16) }
    })
  })
  eachValue(table, rows, columns, (value, index) => {
    const bits = orderedBits(value)
    for (const { half, lower } of wanted[index] ?? []) {
      if (bits >>> 16 === half) lower[bits & 0xffff] = (lower[bits & 0xffff] ?? 0) + 1
    }
  })
  return wanted.map((pair) => {
    const middle = pair.map(({ half, rank, lower }) => fromOrderedBits(((half << 16) | binOf(lower, rank).bin) >>> 0))
    return middle.reduce((sum, value) => sum + value, 0) / middle.length
  })
}

const modesOf: Statistic = (table, rows, columns) => {
  const counts = columns.map(() => new Map<number, number>())
  eachValue(table, rows, columns, (value, index) => {
    const own = counts[index] as Map<number, number>
    own.set(value, (own.get(value) ?? 0) + 1)
    if (own.size > MOST_COUNTED) {
      throw fault(
        columns[index] as FilledColumn,
        `it has more than ${MOST_COUNTED} different numbers: use mean or median`,
      )
    }
  })
  // Of those that are equally frequent the least.
  return counts.map((own) => [...own].sort(([a, some], [b, others]) => others - some || a - b)[0]?.[0] ?? NaN)
}

function eachValue(
  table: Table | DiskRows,
  rows: Int32Array | null,
  columns: readonly FilledColumn[],
  see: (value: number, index: number) => void,
): void {
  walkRows(table, rows, (features, from) => {
    for (let index = 0; index < columns.length; index++) {
      const value = features[from + (columns[index] as FilledColumn).from] as number
      if (!Number.isNaN(value)) see(value, index)
    }
  })
}

/** Which category most rows have; of several the first. */
function mostFrequent(table: Table | DiskRows, rows: Int32Array | null, { from, span }: FilledColumn): number {
  const counts = new Float64Array(span)
  walkRows(table, rows, (features, at) => {
    for (let index = 0; index < span; index++) {
      if (features[at + from + index] === 1) counts[index] = (counts[index] ?? 0) + 1
    }
  })
  return counts.indexOf(Math.max(...counts))
}

function numberOf(value: string | number, column: FilledColumn): number {
  const number = Number(value)
  if (String(value).trim() !== '' && Number.isFinite(number)) return number
  throw fault(column, `its values are numbers, and ${JSON.stringify(value)} is none`)
}

function fault({ name }: FilledColumn, why: string): MinimaError {
  return dataError(`what is missing in column "${name}" cannot be filled: ${why}`, ['data', 'missing'])
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** Of a float32, so that greater numbers have greater bits. */
function orderedBits(value: number): number {
  float[0] = value
  const raw = bits[0] as number
  return (raw & 0x80000000 ? ~raw : raw | 0x80000000) >>> 0
}

function fromOrderedBits(ordered: number): number {
  bits[0] = ordered & 0x80000000 ? ordered & 0x7fffffff : ~ordered
  return float[0] as number
}

/** The bin in which the value of a rank (from 0) lies, and how many values lie in bins before it. */
function binOf(histogram: Uint32Array, rank: number): { bin: number; before: number } {
  let before = 0
  for (let bin = 0; bin < histogram.length; bin++) {
    const count = histogram[bin] as number
    if (rank < before + count) return { bin, before }
    before += count
  }
  throw new Error('a rank beyond the values')
}

/** In place. */
export function fillTable({ features, featureWidth: width }: Table, values: Float32Array): void {
  for (let at = 0; at < features.length; at++) {
    if (Number.isNaN(features[at])) features[at] = values[at % width] as number
  }
}
