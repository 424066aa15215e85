/**
 * Which rows the batches of a training have. Passes over the rows follow one another, each in an order of its own that
 * depends on the seed and the number of the pass alone: a training that is resumed goes on with the same rows.
 */
import { epochOrder } from '../data/batches.ts'

export interface RowOrderSpec {
  readonly rows: number
  readonly batchSize: number
  readonly seed: number
  readonly shuffle: boolean
}

export interface RowOrder {
  /** Of one pass; the last may be shorter. */
  readonly batchesPerPass: number
  /** Rows of the batches from `first` (counted from 0 over all passes) on: `count` of them at most, and of one pass. */
  take(first: number, count: number): Int32Array
}

export function createRowOrder({ rows, batchSize, seed, shuffle }: RowOrderSpec): RowOrder {
  const batchesPerPass = Math.ceil(rows / batchSize)
  let pass = -1
  let order: Int32Array = new Int32Array()
  return {
    batchesPerPass,
    take(first, count) {
      const wanted = Math.floor(first / batchesPerPass)
      if (wanted !== pass) {
        pass = wanted
        order = epochOrder(rows, seed, pass, shuffle)
      }
      const batch = first % batchesPerPass
      return order.subarray(batch * batchSize, (batch + count) * batchSize)
    },
  }
}
