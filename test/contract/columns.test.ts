import { expect, test } from 'vitest'
import { decodeColumns, encodeColumns } from '../../src/contract/columns.ts'
import { decodeEnvelopes, encodeEnvelopes, type ScalarEnvelope } from '../../src/contract/scalars.ts'

function asBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer
}

test('columns come back bit for bit, NaN and infinities included', () => {
  const block = {
    meta: { name: 'loss µ' },
    columns: [Float64Array.of(1.5, NaN, -Infinity, -0), new Float64Array(), Float64Array.of(2 ** 53)],
  }
  expect(decodeColumns(asBuffer(encodeColumns(block)))).toEqual(block)
})

test('a column that is a view into a larger array is sent alone', () => {
  const view = Float64Array.of(0, 1, 2, 3).subarray(1, 3)
  expect(decodeColumns(asBuffer(encodeColumns({ meta: null, columns: [view] }))).columns).toEqual([
    Float64Array.of(1, 2),
  ])
})

test('a truncated block is an error, not garbage', () => {
  const bytes = encodeColumns({ meta: null, columns: [Float64Array.of(1, 2, 3)] })
  expect(() => decodeColumns(asBuffer(bytes.subarray(0, bytes.length - 8)))).toThrow(RangeError)
  expect(() => decodeColumns(new ArrayBuffer(2))).toThrow('truncated')
})

test('envelopes of several series keep their columns apart', () => {
  const envelope = (tag: string, base: number): ScalarEnvelope => ({
    runId: 'r1',
    tag,
    raw: base === 0,
    count: 2,
    nonFiniteSteps: [base],
    x: Float64Array.of(base, base + 1),
    min: Float64Array.of(base),
    max: Float64Array.of(base, 1),
    first: new Float64Array(),
    last: Float64Array.of(NaN),
    smoothed: new Float64Array(),
  })
  const envelopes = [envelope('a', 0), envelope('b', 10)]
  expect(decodeEnvelopes(asBuffer(encodeEnvelopes(envelopes)))).toEqual(envelopes)
})
