/**
 * IDX files, as MNIST is published in: two zero bytes, the type, the number of dimensions, one big-endian uint32 per
 * dimension, then the numbers, big-endian, in C order.
 */
import type { ArrayFormat } from './array-format.ts'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { claimedSize, readBytes, readPrefix } from './data-file.ts'
import type { FeatureArray } from './dataset.ts'

export interface IdxHeader {
  /** The first is the number of rows. */
  readonly shape: readonly number[]
  readonly type: IdxType
  /** Of header and numbers together. */
  readonly bytes: number
}

export interface IdxData extends IdxHeader {
  readonly data: FeatureArray
}

interface IdxType {
  readonly bytes: 1 | 2 | 4 | 8
  readonly integer: boolean
  /** Over numbers that are in this machine's byte order. */
  view(numbers: ArrayBuffer): FeatureArray
}

const TYPES: Readonly<Record<number, IdxType>> = {
  0x08: { bytes: 1, integer: true, view: (numbers) => new Uint8Array(numbers) },
  0x09: { bytes: 1, integer: true, view: (numbers) => new Int8Array(numbers) },
  0x0b: { bytes: 2, integer: true, view: (numbers) => new Int16Array(numbers) },
  0x0c: { bytes: 4, integer: true, view: (numbers) => new Int32Array(numbers) },
  0x0d: { bytes: 4, integer: false, view: (numbers) => new Float32Array(numbers) },
  0x0e: { bytes: 8, integer: false, view: (numbers) => new Float64Array(numbers) },
}

/** Longer than any header that makes sense: 4 + 4 × 15 dimensions. */
const HEADER_BYTES = 64

/** Shape and type, without reading the numbers; but a file that is too short or too long is found out. */
export async function readIdxHeader(file: DataFile): Promise<IdxHeader> {
  const header = parseHeader(await readPrefix(file, HEADER_BYTES), file)
  if ((await claimedSize(file)) === header.bytes) return header
  return readIdx(file)
}

/** @throws MinimaError `data-invalid` */
export async function readIdx(file: DataFile): Promise<IdxData> {
  const bytes = await readBytes(file)
  const header = parseHeader(bytes, file)
  if (bytes.length !== header.bytes) {
    const what = bytes.length < header.bytes ? 'the file is truncated' : 'the file is longer than its header says'
    throw fileError(
      `${what}: ${header.bytes} bytes expected for ${header.shape.join(' × ')} numbers, ${bytes.length} there`,
      file,
    )
  }
  // A copy, because typed arrays must start at a multiple of their element's size.
  const numbers = new Uint8Array(bytes.subarray(4 + 4 * header.shape.length))
  swapBytes(numbers, header.type.bytes)
  return { ...header, data: header.type.view(numbers.buffer) }
}

function parseHeader(bytes: Buffer, file: DataFile): IdxHeader {
  const type = TYPES[bytes[2] ?? 0]
  const dimensions = bytes[3] ?? 0
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || dimensions === 0 || dimensions > 15) {
    throw fileError(`this is not an IDX file: ${describe(bytes)}`, file)
  }
  if (bytes.length < 4 + 4 * dimensions) {
    throw fileError(`the file is truncated: ${bytes.length} bytes there, too few for its header`, file)
  }
  const shape = Array.from({ length: dimensions }, (_, index) => bytes.readUInt32BE(4 + 4 * index))
  if (shape.includes(0)) throw fileError(`the file holds no rows: its shape is ${shape.join(' × ')}`, file)
  const count = shape.reduce((product, size) => product * size, 1)
  return { shape, type, bytes: 4 + 4 * dimensions + count * type.bytes }
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

function swapBytes(numbers: Uint8Array, size: 1 | 2 | 4 | 8): void {
  if (size === 1 || !LITTLE_ENDIAN) return
  const buffer = Buffer.from(numbers.buffer)
  if (size === 2) buffer.swap16()
  else if (size === 4) buffer.swap32()
  else buffer.swap64()
}

const LOOKS: readonly (readonly [string, string])[] = [
  ['\x89PNG', 'it looks like a PNG image'],
  ['\xff\xd8\xff', 'it looks like a JPEG image'],
  ['\x1f\x8b', 'it looks like gzip within gzip'],
  ['PK\x03\x04', 'it looks like a ZIP archive; unpack it'],
  ['\x93NUMPY', 'it looks like a NumPy array'],
  ['\x89HDF', 'it looks like an HDF5 file'],
  ['version https://git-lfs', 'it is a Git LFS pointer; fetch the file itself with `git lfs pull`'],
  ['<', 'it looks like a web page; the download may have failed'],
]

function describe(bytes: Buffer): string {
  if (bytes.length === 0) return 'it is empty'
  const start = bytes.toString('latin1', 0, 32)
  const look = LOOKS.find(([magic]) => start.startsWith(magic))
  if (look) return look[1]
  if (/^[\x20-\x7e\s]+$/.test(start)) return `it looks like text, beginning with ${JSON.stringify(start.slice(0, 16))}`
  const hex = bytes
    .subarray(0, 4)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ')
  return `it begins with ${hex}, where 00 00, a type and the number of dimensions should be`
}

export const idx: ArrayFormat = {
  shapeOf: async (file) => (await readIdxHeader(file)).shape,
  read: readIdx,
}
