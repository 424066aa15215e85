/** NumPy's arrays: NPY files, and those of an NPZ archive. */
import { buffer } from 'node:stream/consumers'
import { parse, type NpyArray } from 'npyjs'
import yauzl from 'yauzl'
import type { ArrayData, ArrayFile, ArrayFormat } from './array-format.ts'
import { fileError, type DataFile } from './data-error.ts'
import { readBytes, statOf } from './data-file.ts'
import type { FeatureArray } from './dataset.ts'

/** Shapes of arrays that were read, by where they lie and how the file was: the check asks again with each change of a form. */
const shapes = new Map<string, readonly number[]>()
const MOST_SHAPES = 64

function arrayFormat(bytesOf: (file: ArrayFile) => Promise<Buffer>): ArrayFormat {
  const read = async (file: ArrayFile): Promise<ArrayData> => {
    const array = arrayOf(await bytesOf(file), file)
    if (shapes.size >= MOST_SHAPES) shapes.clear()
    shapes.set(await keyOf(file), array.shape)
    return array
  }
  return {
    shapeOf: async (file) => shapes.get(await keyOf(file)) ?? (await read(file)).shape,
    read,
  }
}

export const npy = arrayFormat((file) => readBytes(file))
export const npz = arrayFormat((file) => readEntry(file, `${file.entry ?? ''}.npy`))

async function keyOf(file: ArrayFile): Promise<string> {
  const { size, mtimeMs } = await statOf(file)
  return JSON.stringify([file.path, file.entry, size, mtimeMs])
}

function arrayOf(bytes: Buffer, file: DataFile): ArrayData {
  if (bytes.toString('latin1', 1, 6) !== 'NUMPY') throw fileError('this is no NumPy array', file)
  let array: NpyArray
  try {
    // A copy, because its numbers must start where its memory does.
    array = parse(new Uint8Array(bytes).buffer)
  } catch (error) {
    throw fileError(`the NumPy array cannot be read (${(error as Error).message})`, file)
  }
  const { shape, dtype, fortranOrder } = array
  const count = shape.reduce((product, size) => product * size, 1)
  const data = numbersOf(dtype === 'b1' ? Uint8Array.from(array.data as unknown as ArrayLike<number>) : array.data)
  if (data === null || dtype.startsWith('c')) throw fileError(`the array holds ${dtype}, not numbers`, file)
  if (data.length !== count || shape.length === 0 || count === 0) {
    throw fileError(`the array holds ${data.length} numbers for its shape of ${shape.join(' × ') || 'nothing'}`, file)
  }
  return { shape, data: fortranOrder && shape.length > 1 ? inRowOrder(data, shape) : data }
}

/** null: these are no numbers. */
function numbersOf(data: ArrayBufferView): FeatureArray | null {
  if (
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Int16Array ||
    data instanceof Int32Array ||
    data instanceof Float32Array ||
    data instanceof Float64Array
  )
    return data
  if (data instanceof Uint16Array) return Int32Array.from(data)
  if (data instanceof Uint32Array) return Float64Array.from(data)
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number)
  return null
}

/** From Fortran's order, in which the first place counts fastest. */
function inRowOrder(data: FeatureArray, shape: readonly number[]): FeatureArray {
  const ordered = data.slice()
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1))
  const at = shape.map(() => 0)
  for (let to = 0; to < ordered.length; to++) {
    ordered[to] = data[at.reduce((sum, place, axis) => sum + place * (steps[axis] ?? 0), 0)] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1
      if ((at[axis] ?? 0) < (shape[axis] ?? 0)) break
      at[axis] = 0
    }
  }
  return ordered
}

/** @throws MinimaError `data-invalid` */
async function readEntry(file: ArrayFile, name: string): Promise<Buffer> {
  await statOf(file)
  let names: string[] = []
  try {
    const archive = await yauzl.openPromise(file.path, { autoClose: false })
    try {
      for await (const entry of archive.eachEntry()) {
        if (entry.fileName === name) return await buffer(await archive.openReadStreamPromise(entry))
        names = [...names, entry.fileName]
      }
    } finally {
      archive.close()
    }
  } catch (error) {
    throw fileError(`the archive cannot be read (${(error as Error).message})`, file)
  }
  const known = names.filter((one) => one.endsWith('.npy')).map((one) => one.replace(/\.npy$/, ''))
  throw fileError(`the archive has no array ${JSON.stringify(file.entry)}; it has ${known.join(', ') || 'none'}`, file)
}
