/** Varints: exact up to their limit, as long as they must be. */
import { expect, test } from 'vitest'
import { MAX_VARINT, MAX_VARINT_BYTES, readVarints, writeVarint } from '../../../src/main/engine/store/varint.ts'

const CASES: readonly (readonly [integer: number, octets: number])[] = [
  [0, 1],
  [-1, 1],
  [63, 1],
  [-64, 1],
  [64, 2],
  [-8193, 3],
  [2 ** 27 - 1, 4],
  [2 ** 27, 5],
  [-(2 ** 31), 5],
  [2 ** 40 + 1, 6],
  [MAX_VARINT, MAX_VARINT_BYTES],
  [-MAX_VARINT, MAX_VARINT_BYTES],
]

test('integers come back, each from as many octets as it needs', () => {
  const bytes = new Uint8Array(CASES.length * MAX_VARINT_BYTES)
  const ends = CASES.reduce<number[]>(
    (offsets, [integer]) => [...offsets, writeVarint(bytes, offsets.at(-1) ?? 0, integer)],
    [0],
  )
  const read = new Float64Array(CASES.length)
  readVarints(bytes, 0, read)
  expect({ read: [...read], octets: ends.slice(1).map((end, index) => end - (ends[index] ?? 0)) }).toEqual({
    read: CASES.map(([integer]) => integer),
    octets: CASES.map(([, octets]) => octets),
  })
})

test('octets that end too early are an error', () => {
  const bytes = new Uint8Array(8)
  const end = writeVarint(bytes, 0, 123_456_789)
  expect(() => readVarints(bytes.subarray(0, end - 1), 0, new Float64Array(1))).toThrow('varints end before')
})
