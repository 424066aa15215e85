/** Goes through the features of rows one after the other, wherever they lie. */
import { isOnDisk } from './dataset.ts'
import type { DiskRows, FeatureArray, Table } from './dataset.ts'

/** @param from where in `features` the row begins; they are to be read at once, not kept */
export type SeeRow = (features: FeatureArray, from: number) => void

/** @param rows of the table, in the order in which they are seen; null: all */
export function walkRows(table: Table | DiskRows, rows: Int32Array | null, see: SeeRow): void {
  const { featureWidth: width } = table
  const count = rows?.length ?? table.rows
  if (isOnDisk(table)) {
    const row = new Float32Array(width)
    for (let index = 0; index < count; index++) {
      table.readFeatures(rows === null ? index : (rows[index] as number), row, 0)
      see(row, 0)
    }
    return
  }
  for (let index = 0; index < count; index++) see(table.features, (rows?.[index] ?? index) * width)
}
