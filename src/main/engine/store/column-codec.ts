/**
 * One column of numbers as octets, lossless to the bit (any NaN comes back as some NaN), in the narrowest of a few encodings.
 *
 * The format, little-endian. Header of 8 octets:
 *
 *     0  uint8   version, 1
 *     1  uint8   encoding
 *     2  uint8   1 when the payload is one zstd frame, else 0
 *     3  uint8   0
 *     4  uint32  number of elements
 *
 * Payload, by encoding:
 *
 *     0 float64   the elements
 *     1 float32   the elements, when each survives the way there and back
 *     2 constant  float64: every element
 *     3 stride    float64 first, float64 stride: first + index * stride, all of them integers
 *     4 integers  float64 first, then the differences of neighbours as varints (varint.ts); integers
 *     5 patterns  float64 first, then the differences of neighbours' bit patterns, taken as int64, as varints. For
 *                 floats of like size this counts units in the last place: a clock's readings take two or three octets.
 *
 * A new encoding gets a new number and, since older programs cannot read it, a migration.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { MinimaError } from '../../../contract/errors.ts'
import { MAX_VARINT, MAX_VARINT_BYTES, readVarints, writeVarint } from './varint.ts'

const VERSION = 1
const HEADER = 8
const FLOAT64 = 0
const FLOAT32 = 1
const CONSTANT = 2
const STRIDE = 3
const INTEGERS = 4
const PATTERNS = 5

/** zstd takes some 30 µs to unpack a column, so it has to earn that; below the first number nothing is to be had. */
const ZSTD_MIN_BYTES = 256
const ZSTD_MAX_RATIO = 0.75

type Encoder = (column: Float64Array) => Uint8Array | null

/** Narrowest first where lengths are known; of the rest the shortest is taken. */
const SHORT: readonly (readonly [number, Encoder])[] = [
  [CONSTANT, encodeConstant],
  [STRIDE, encodeStride],
]
const LONG: readonly (readonly [number, Encoder])[] = [
  [FLOAT32, encodeFloat32],
  [INTEGERS, encodeIntegers],
  [PATTERNS, encodePatterns],
]

export function encodeColumn(column: Float64Array): Uint8Array {
  for (const [encoding, encode] of SHORT) {
    const payload = encode(column)
    if (payload) return withHeader(encoding, 0, column.length, payload)
  }
  let best: readonly [number, Uint8Array] = [FLOAT64, octetsOf(column)]
  for (const [encoding, encode] of LONG) {
    const payload = encode(column)
    if (payload && payload.length < best[1].length) best = [encoding, payload]
  }
  const [encoding, payload] = best
  if (payload.length >= ZSTD_MIN_BYTES) {
    const packed = zstdCompressSync(payload)
    if (packed.length <= payload.length * ZSTD_MAX_RATIO) return withHeader(encoding, 1, column.length, packed)
  }
  return withHeader(encoding, 0, column.length, payload)
}

/** @throws MinimaError `workspace-unusable` when the octets are not a column. */
export function decodeColumn(bytes: Uint8Array): Float64Array {
  try {
    return decode(bytes)
  } catch (error) {
    throw new MinimaError(
      'workspace-unusable',
      `stored points are damaged (${(error as Error).message}); put back a copy of the workspace`,
      undefined,
      { cause: error },
    )
  }
}

/** Whether all elements are the same bits, so that NaN and -0 stay what they are. */
function encodeConstant(column: Float64Array): Uint8Array | null {
  const [first] = column
  return first !== undefined && column.every((value) => Object.is(value, first)) ? octetsOf(column.slice(0, 1)) : null
}

function encodeStride(column: Float64Array): Uint8Array | null {
  const [first = NaN, second = NaN] = column
  const stride = second - first
  const fits = (value: number, index: number): boolean => isInteger(value) && value === first + index * stride
  return Number.isSafeInteger(stride) && column.every(fits) ? octetsOf(Float64Array.of(first, stride)) : null
}

function encodeFloat32(column: Float64Array): Uint8Array | null {
  const narrow = new Float32Array(column)
  return column.every((value, index) => Object.is(value, narrow[index])) ? octetsOf(narrow) : null
}

function encodeIntegers(column: Float64Array): Uint8Array | null {
  return column.every(isInteger)
    ? encodeDifferences(column, (index) => (column[index] ?? 0) - (column[index - 1] ?? 0))
    : null
}

function encodePatterns(column: Float64Array): Uint8Array | null {
  const words = new Int32Array(column.buffer, column.byteOffset, 2 * column.length)
  const high = (index: number): number => words[2 * index + 1] ?? 0
  const low = (index: number): number => (words[2 * index] ?? 0) >>> 0
  return encodeDifferences(column, (index) => (high(index) - high(index - 1)) * 2 ** 32 + low(index) - low(index - 1))
}

/** @returns null when a difference is too great, or all of them take more room than the float64s. */
function encodeDifferences(column: Float64Array, difference: (index: number) => number): Uint8Array | null {
  const bytes = new Uint8Array(8 * column.length + MAX_VARINT_BYTES)
  bytes.set(octetsOf(column.subarray(0, 1)))
  let offset = 8
  for (let index = 1; index < column.length; index++) {
    const integer = difference(index)
    if (Math.abs(integer) > MAX_VARINT || offset > 8 * column.length) return null
    offset = writeVarint(bytes, offset, integer)
  }
  return bytes.subarray(0, offset)
}

function decode(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const encoding = view.getUint8(1)
  if (view.getUint8(0) !== VERSION) throw new RangeError(`version ${view.getUint8(0)}`)
  const count = view.getUint32(4, true)
  const payload = view.getUint8(2) === 1 ? zstdDecompressSync(bytes.subarray(HEADER)) : bytes.subarray(HEADER)
  if (encoding === FLOAT32) return new Float64Array(new Float32Array(...numbersOf(payload, 4 * count), count))
  if (encoding === FLOAT64) return new Float64Array(...numbersOf(payload, 8 * count), count)
  const parameters = encoding === STRIDE ? 2 : 1
  const [first = NaN, stride = NaN] = new Float64Array(...numbersOf(payload, 8 * parameters), parameters)
  if (encoding === CONSTANT) return new Float64Array(count).fill(first)
  if (encoding === STRIDE) return multiplesOf(first, stride, count)
  const differences = new Float64Array(count - 1)
  readVarints(payload, 8, differences)
  if (encoding === INTEGERS) return sumIntegers(first, differences)
  if (encoding === PATTERNS) return sumPatterns(first, differences)
  throw new RangeError(`encoding ${encoding}`)
}

function multiplesOf(first: number, stride: number, count: number): Float64Array {
  const column = new Float64Array(count)
  for (let index = 0; index < count; index++) column[index] = first + index * stride
  return column
}

function sumIntegers(first: number, differences: Float64Array): Float64Array {
  const column = new Float64Array(differences.length + 1)
  let value = (column[0] = first)
  for (let index = 0; index < differences.length; index++) column[index + 1] = value += differences[index] ?? 0
  return column
}

function sumPatterns(first: number, differences: Float64Array): Float64Array {
  const column = new Float64Array(differences.length + 1)
  column[0] = first
  const words = new Uint32Array(column.buffer)
  let low = words[0] ?? 0
  let high = words[1] ?? 0
  for (let index = 1; index < column.length; index++) {
    const sum = low + (differences[index - 1] ?? 0)
    if (sum >= 0 && sum < 2 ** 32) low = sum
    else {
      const carry = Math.floor(sum / 2 ** 32)
      low = sum - carry * 2 ** 32
      high += carry
    }
    words[2 * index] = low
    words[2 * index + 1] = high
  }
  return column
}

/** -0 is none: differences of integers would lose its sign. */
function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

function octetsOf(numbers: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
}

/** The first octets of the payload as a buffer for typed arrays, copied only where numbers would not be aligned. */
function numbersOf(payload: Uint8Array, length: number): [buffer: ArrayBufferLike, byteOffset: number] {
  if (payload.length < length) throw new RangeError(`${payload.length} octets of ${length}`)
  const { buffer, byteOffset } = payload.byteOffset % 8 === 0 ? payload : new Uint8Array(payload)
  return [buffer, byteOffset]
}

function withHeader(encoding: number, packed: number, count: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length)
  bytes.set([VERSION, encoding, packed, 0])
  new DataView(bytes.buffer).setUint32(4, count, true)
  bytes.set(payload, HEADER)
  return bytes
}
