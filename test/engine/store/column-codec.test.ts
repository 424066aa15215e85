/** Columns: lossless in every encoding, and the encoding that is expected of typical data. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeColumn, encodeColumn } from '../../../src/main/engine/store/column-codec.ts'

const HEADER = 8

const numbers = (length: number, of: (index: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, i) => of(i))

/** Looks random, is the same each time. */
const noise = (index: number): number => (Math.imul(index + 1, 2654435761) >>> 0) / 2 ** 32

const TYPICAL: readonly (readonly [
  what: string,
  column: Float64Array,
  encoding: number,
  zstd: number,
  octets: number,
])[] = [
  ['nothing', new Float64Array(), 0, 0, 0],
  ['one number', Float64Array.of(0.1), 2, 0, 8],
  ['a constant learning rate', numbers(4096, () => 0.001), 2, 0, 8],
  ['NaN only', numbers(4096, () => NaN), 2, 0, 8],
  ['every step', numbers(4096, (i) => 1 + i), 3, 0, 16],
  ['every tenth step, far on', numbers(4096, (i) => 2 ** 52 + 10 * i), 3, 0, 16],
  ['steps that stay', numbers(100, (i) => Math.floor(i / 2)), 4, 0, 107],
  ['float32 losses', numbers(100, (i) => Math.fround(noise(i))), 1, 0, 400],
  [
    'float32 losses with NaN and infinities',
    Float64Array.of(NaN, Infinity, -Infinity, -0, 0.5, 0.25, 1e-3).map(Math.fround),
    1,
    0,
    28,
  ],
  ['float64 noise', numbers(100, (i) => noise(i) ** 3 * 1e30), 0, 0, 800],
  ['a clock with jitter', numbers(100, (i) => 1_760_000_000 + i * 0.002 + noise(i) * 0.001), 5, 0, 244],
  ['a clock that is set back', Float64Array.of(1.76e9, 1.76e9 + 60.5, 1.76e9 - 3600.1), 5, 0, 18],
]

describe('an encoding for typical columns', () => {
  test.each(TYPICAL)('%s', (_, column, encoding, zstd, octets) => {
    const bytes = encodeColumn(column)
    expect({ column: decodeColumn(bytes), head: [...bytes.slice(0, 4)], octets: bytes.length - HEADER }).toEqual({
      column,
      head: [1, encoding, zstd, 0],
      octets,
    })
  })

  test('few different float32 values are compressed, and come back', () => {
    const column = numbers(4096, (i) => Math.round(noise(i) * 32) / 32)
    const bytes = encodeColumn(column)
    expect({ head: [...bytes.slice(0, 4)], column: decodeColumn(bytes), small: bytes.length < 6000 }).toEqual({
      head: [1, 1, 1, 0],
      column,
      small: true,
    })
  })
})

const anyNumber = fc.double()
const smallInteger = fc.integer({ min: -1000, max: 1000 })
const anyInteger = fc.maxSafeInteger()
const float32 = fc.float()
const clock = fc.double({ min: 1.7e9, max: 1.8e9, noNaN: true })
const anyColumn = fc
  .oneof(
    ...[anyNumber, smallInteger, anyInteger, float32, clock].map((one) =>
      fc.array(one, { maxLength: 300, size: 'max' }),
    ),
  )
  .map((column) => Float64Array.from(column))

test('any column comes back as it was, wherever its octets lie', () => {
  fc.assert(
    fc.property(anyColumn, fc.nat(9), (column, offset) => {
      const bytes = encodeColumn(column)
      const elsewhere = new Uint8Array(offset + bytes.length)
      elsewhere.set(bytes, offset)
      expect(decodeColumn(elsewhere.subarray(offset))).toEqual(column)
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['no octets', () => new Uint8Array()],
  ['a later version', () => encodeColumn(Float64Array.of(1)).with(0, 9)],
  ['an unknown encoding', () => encodeColumn(Float64Array.of(1)).with(1, 77)],
  ['a payload that is cut off', () => encodeColumn(Float64Array.of(1e300, NaN, 3)).subarray(0, 20)],
  ['broken zstd', () => encodeColumn(Float64Array.of(1, 2, 4)).with(2, 1)],
])('%s is told as damage', (_, bytes) => {
  expect(() => decodeColumn(bytes())).toThrow(
    expect.objectContaining({
      code: 'workspace-unusable',
      message: expect.stringContaining('stored points are damaged'),
    }),
  )
})
