/** Summaries: of points, of parts put together, and as octets. */
import { expect, test } from 'vitest'
import {
  EMPTY_SUMMARY,
  combine,
  packSummary,
  summarize,
  unpackSummaries,
} from '../../../src/main/engine/store/summary.ts'

const POINTS = {
  steps: Float64Array.of(0, 1, 1, 5, 6, 9),
  wallTimes: Float64Array.of(10, 11, 12, 11.5, 20, 30),
  values: Float64Array.of(NaN, 2, -1, Infinity, -1, 4),
}

const WHOLE = {
  count: 6,
  firstStep: 0,
  lastStep: 9,
  firstWallTime: 10,
  lastWallTime: 30,
  minWallTime: 10,
  maxWallTime: 30,
  wallOrdered: false,
  finiteCount: 4,
  nanCount: 1,
  min: -1,
  max: 4,
  minStep: 1,
  maxStep: 9,
  sum: 4,
  firstValue: NaN,
  lastValue: 4,
}

test('points are summed up', () => {
  expect(summarize(POINTS, 0, 6)).toEqual(WHOLE)
})

test.each([0, 1, 2, 3, 4, 5, 6])('two parts, cut at %i, make the whole', (cut) => {
  expect(combine(summarize(POINTS, 0, cut), summarize(POINTS, cut, 6))).toEqual(WHOLE)
})

test('a clock set back between two parts is seen, and within one is not forgotten', () => {
  const ordered = (from: number, to: number): boolean => summarize(POINTS, from, to).wallOrdered
  expect([
    ordered(0, 3),
    ordered(3, 6),
    combine(summarize(POINTS, 0, 3), summarize(POINTS, 3, 6)).wallOrdered,
    combine(summarize(POINTS, 0, 4), summarize(POINTS, 4, 6)).wallOrdered,
  ]).toEqual([true, true, false, false])
})

test('summaries come back from octets, one after the other', () => {
  const part = summarize(POINTS, 0, 1)
  const bytes = Buffer.concat([packSummary(WHOLE), packSummary(EMPTY_SUMMARY), packSummary(part)])
  expect(unpackSummaries(bytes)).toEqual([WHOLE, EMPTY_SUMMARY, part])
})
