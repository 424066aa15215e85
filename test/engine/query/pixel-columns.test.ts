/** Pixel columns: where an x falls, and what a row makes of points and summaries. */
import { expect, test } from 'vitest'
import { EnvelopeRows, columnOf, firstIndex } from '../../../src/main/engine/query/pixel-columns.ts'
import { EMPTY_SUMMARY } from '../../../src/main/engine/store/summary.ts'

test('columns are of equal width; a border belongs to the right one, the last end to the last', () => {
  const grid = { from: 10, to: 20, columns: 4 }
  expect([10, 12.4, 12.5, 17.5, 19.9, 20].map((x) => columnOf(grid, x))).toEqual([0, 0, 1, 3, 3, 3])
})

test('a range without width is one column', () => {
  expect(columnOf({ from: 7, to: 7, columns: 100 }, 7)).toBe(0)
})

test('the first index from which something holds', () => {
  const numbers = [1, 3, 3, 7]
  const firstFrom = (least: number): number => firstIndex(0, 4, (index) => (numbers[index] ?? 0) >= least)
  expect([0, 3, 4, 8].map(firstFrom)).toEqual([0, 1, 3, 4])
  expect(firstIndex(2, 2, () => true)).toBe(2)
})

test('a row takes points and summaries in turn, and its extremes are of finite values', () => {
  const rows = new EnvelopeRows()
  rows.beginRow()
  rows.addPoints(Float64Array.of(9, NaN, 5, -Infinity, 6, 9), 1, 5, 3, 40)
  rows.addSummary(
    { ...EMPTY_SUMMARY, count: 3, finiteCount: 2, min: 5.5, max: 7, firstValue: 7, lastValue: NaN },
    4,
    43,
  )
  rows.beginRow()
  rows.addPoints(Float64Array.of(NaN), 0, 1, 5, 44)
  rows.addSummary({ ...EMPTY_SUMMARY, count: 1, firstValue: Infinity, lastValue: Infinity }, 6, 45)
  rows.addPoint(7, Infinity, 46)
  expect({ ...rows }).toEqual({
    x: [4, 6, 7],
    min: [5, NaN, Infinity],
    max: [7, NaN, Infinity],
    first: [NaN, NaN, Infinity],
    last: [NaN, Infinity, Infinity],
    positions: [43, 45, 46],
  })
})
