/**
 * Which rows the batches of a training have. Passes over the rows follow one another, each in an order of its own that
 * depends on the seed and the number of the pass alone: a training that is resumed goes on with the same rows.
 */
import { epochOrder } from '../data/batches.ts'
import type { RowWindows } from '../data/dataset.ts'
import { rowsFrom } from '../data/random.ts'
import { windowedOrder, type PassOrder } from '../data/row-windows.ts'

export interface RowOrderSpec {
  readonly rows: number
  readonly batchSize: number
  readonly seed: number
  readonly shuffle: boolean
  /** Of rows on the disk; null: all are shuffled together. */
  readonly windows?: RowWindows | null
}

export interface RowOrder {
  /** Of one pass; the last may be shorter. */
  readonly batchesPerPass: number
  /** Rows of the batches from `first` (counted from 0 over all passes) on: `count` of them at most, and of one pass. */
  take(first: number, count: number): Int32Array
}

export function createRowOrder(spec: RowOrderSpec): RowOrder {
  const { rows, batchSize } = spec
  const batchesPerPass = Math.ceil(rows / batchSize)
  let pass = -1
  let order: PassOrder = IN_ORDER
  return {
    batchesPerPass,
    take(first, count) {
      const wanted = Math.floor(first / batchesPerPass)
      if (wanted !== pass) {
        pass = wanted
        order = orderOf(spec, pass)
      }
      const batch = first % batchesPerPass
      return order.slice(batch * batchSize, Math.min(rows, (batch + count) * batchSize))
    },
  }
}

const IN_ORDER: PassOrder = { slice: (from, to) => rowsFrom(from, to - from) }

function orderOf({ rows, seed, shuffle, windows }: RowOrderSpec, pass: number): PassOrder {
  if (!shuffle) return IN_ORDER
  if (windows) return windowedOrder(rows, windows, seed, pass)
  const order = epochOrder(rows, seed, pass, true)
  return { slice: (from, to) => order.subarray(from, to) }
}
