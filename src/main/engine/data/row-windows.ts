/**
 * The order of rows that do not fit into memory: blocks of neighbouring rows in an order of chance, and the rows of some
 * blocks at a time, a window, shuffled together. It follows from seed and pass alone, and only a window of it is in memory.
 */
import type { RowWindows } from './dataset.ts'
import { createRandom, deriveSeed, rowRange, shuffleInPlace, STREAM } from './random.ts'

export interface PassOrder {
  /** The rows that come `from` … `to` − 1 in the pass. */
  slice(from: number, to: number): Int32Array
}

export function windowedOrder(rows: number, windows: RowWindows, seed: number, pass: number): PassOrder {
  const { blockRows, windowBlocks } = windows
  const blocks = rowRange(Math.ceil(rows / blockRows))
  shuffleInPlace(blocks, createRandom(deriveSeed(seed, STREAM.order, pass)))
  const windowRows = blockRows * windowBlocks
  /** By how much the last block is shorter, and the window that it is in. */
  const missing = blocks.length * blockRows - rows
  const shortWindow = Math.floor(blocks.indexOf(blocks.length - 1) / windowBlocks)
  const startOf = (window: number): number => window * windowRows - (window > shortWindow ? missing : 0)
  let current = -1
  let order: Int32Array = new Int32Array()

  const load = (window: number): void => {
    if (window === current) return
    const own = blocks.subarray(window * windowBlocks, (window + 1) * windowBlocks)
    order = new Int32Array(Math.min(startOf(window + 1), rows) - startOf(window))
    let at = 0
    for (const block of own) {
      const end = Math.min(rows, (block + 1) * blockRows)
      for (let row = block * blockRows; row < end; row++) order[at++] = row
    }
    shuffleInPlace(order, createRandom(deriveSeed(seed, STREAM.order, pass, window)))
    current = window
  }

  return {
    slice(from, to) {
      const taken = new Int32Array(to - from)
      for (let at = from; at < to;) {
        const guess = Math.floor(at / windowRows)
        const window = at >= startOf(guess + 1) ? guess + 1 : guess
        load(window)
        const piece = order.subarray(at - startOf(window), to - startOf(window))
        taken.set(piece, at - from)
        at += piece.length
      }
      return taken
    },
  }
}
