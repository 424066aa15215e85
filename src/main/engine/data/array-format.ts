/** What a kind of file with an array of numbers in it must be able to do. */
import type { DataFile } from './data-error.ts'
import type { FeatureArray } from './dataset.ts'

export interface ArrayFile extends DataFile {
  /** Its name in an archive of several. */
  readonly entry?: string
}

export interface ArrayData {
  /** The first is the number of rows. */
  readonly shape: readonly number[]
  /** In C order. */
  readonly data: FeatureArray
}

export interface ArrayFormat {
  /** Without reading all numbers, if that can be. @throws MinimaError `data-invalid` */
  shapeOf(file: ArrayFile): Promise<readonly number[]>
  /** @throws MinimaError `data-invalid` */
  read(file: ArrayFile): Promise<ArrayData>
}
