/** Some numbers of each row of a batch. */
import type { Tensor, Tf } from './tf.ts'

/** @param rows [rows, width] @param positions null: all @returns [rows, positions.length] */
export function pickColumns(tf: Tf, rows: Tensor, positions: readonly number[] | null): Tensor {
  if (positions === null) return rows
  const [first = 0] = positions
  const adjoining = positions.every((position, index) => position === first + index)
  if (adjoining) return tf.slice(rows, [0, first], [-1, positions.length])
  return tf.gather(rows, tf.tensor1d([...positions], 'int32'), 1)
}
