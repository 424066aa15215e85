/** Parts given as files of row numbers: little-endian int32, one after the other. */
import type { SplitSpec } from '../../../contract/experiment/data.ts'
import { dataFile, readBytes } from './data-file.ts'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import type { Parts } from './split-rows.ts'

type RowFiles = NonNullable<SplitSpec['rows']>

/** @throws MinimaError `data-invalid`: a number beyond the rows, or a row that is there twice. */
export async function readRowFiles(files: RowFiles, baseDir: string, rows: number): Promise<Parts> {
  const taken = new Uint8Array(rows)
  const read = async (name: keyof RowFiles): Promise<Int32Array> => {
    const path = files[name]
    if (path === undefined) return new Int32Array()
    const file = dataFile(baseDir, undefined, path, ['split', 'rows', name])
    const numbers = decode(await readBytes(file), file)
    take(numbers, taken, file)
    return numbers
  }
  const train = await read('train')
  const validation = await read('validation')
  return { train, validation, test: await read('test') }
}

function decode(bytes: Buffer, file: DataFile): Int32Array {
  if (bytes.length % 4 !== 0 || bytes.length === 0) {
    throw fileError(`row numbers take 4 bytes each, but the file has ${bytes.length} bytes`, file)
  }
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(4 * index))
}

function take(numbers: Int32Array, taken: Uint8Array, file: DataFile): void {
  for (const [index, row] of numbers.entries()) {
    if (row < 0 || row >= taken.length) {
      throw fileError(`entry ${index} is row ${row}, but rows go from 0 to ${taken.length - 1}`, file)
    }
    if (taken[row] === 1) throw fileError(`row ${row} is there twice, in this file or in that of another part`, file)
    taken[row] = 1
  }
}
