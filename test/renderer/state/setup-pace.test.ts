import { expect, test } from 'vitest'
import { etaSecs } from '../../../src/renderer/src/state/setup-pace.ts'

test('the rest is told from the pace since it was first seen', () => {
  expect(etaSecs({ share: 0.5, atMs: 1000 }, 0.6, 11_000)).toBeCloseTo(40)
  expect(etaSecs({ share: 0, atMs: 0 }, 1, 9000)).toBe(0)
})

test.each([
  ['after a moment', 0.9, 1900],
  ['where hardly anything was done', 0.51, 60_000],
])('nothing is told %s', (_, share, nowMs) => {
  expect(etaSecs({ share: 0.5, atMs: 0 }, share, nowMs)).toBeNull()
})
