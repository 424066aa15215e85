import { expect, test } from 'vitest'
import { hoverRows, nearestRow, nearestRows, snapX } from '../../../src/renderer/src/charts/hover-rows.ts'
import type { Curve } from '../../../src/renderer/src/charts/curve-paths.ts'
import { rawEnvelope } from '../scalar-envelope.ts'

const axis = { kind: 'linear' as const, from: 0, to: 100 }

function curve(runId: string, x: readonly number[], values: readonly number[], smoothed?: readonly number[]): Curve {
  const envelope = { ...rawEnvelope(runId, x, values), smoothed: Float64Array.from(smoothed ?? []) }
  return { envelope, color: 'red', smoothed: smoothed !== undefined }
}

test('the nearest row, the earlier of two as near', () => {
  const xs = Float64Array.of(0, 10, 20, 40)
  expect([-5, 0, 4, 5, 6, 29, 30, 31, 99].map((x) => nearestRow(xs, x))).toEqual([0, 0, 0, 0, 1, 2, 2, 3, 3])
  expect(nearestRow(new Float64Array(), 3)).toBe(-1)
})

test('exact values, greatest first, not finite ones last, each with its own x', () => {
  const curves = [
    curve('low', [10, 20], [1, 2]),
    curve('high', [11, 21], [7, 8], [6.5, 7.5]),
    curve('gone', [10, 20], [1, NaN]),
  ]
  expect(hoverRows(curves, 20, axis)).toEqual([
    { runId: 'high', x: 21, value: 8, smoothed: 7.5 },
    { runId: 'low', x: 20, value: 2, smoothed: null },
    { runId: 'gone', x: 20, value: NaN, smoothed: null },
  ])
})

test('a curve that has ended is not spoken of', () => {
  const curves = [curve('short', [0, 20], [1, 2]), curve('late', [60, 90], [3, 4]), curve('long', [0, 50], [5, 6])]
  expect(hoverRows(curves, 50, axis).map(({ runId }) => runId)).toEqual(['long'])
})

test('the crosshair stands at the nearest point of all curves', () => {
  const { envelope: a } = curve('a', [0, 10, 20], [1, 1, 1])
  const { envelope: b } = curve('b', [13], [1])
  expect([snapX([a, b], 14), snapX([a, b], 18), snapX([], 7)]).toEqual([13, 20, 7])
})

test('where not all fit, those near the pointer stay, in their order', () => {
  const rows = [9, 7, 5, 3, NaN].map((value) => ({ runId: String(value), x: 0, value, smoothed: null }))
  expect(nearestRows(rows, 4.5, 2).map(({ value }) => value)).toEqual([5, 3])
  expect(nearestRows(rows, 4.5, 5)).toBe(rows)
})
