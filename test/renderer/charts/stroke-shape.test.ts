import { expect, test } from 'vitest'
import { buildStroke, type PathSink, type StrokeShape } from '../../../src/renderer/src/charts/stroke-shape.ts'

function traced(kind: StrokeShape['kind'], points: readonly number[]): string {
  const log: string[] = []
  const path: PathSink = {
    moveTo: (x, y) => void log.push(`M${x},${y}`),
    lineTo: (x, y) => void log.push(`L${x},${y}`),
    arc: (x, y, radius) => void log.push(`o${x},${y},${radius}`),
    closePath: () => void log.push('Z'),
  }
  buildStroke(path, { kind, points: Float64Array.from(points) })
  return log.join(' ')
}

test('a line breaks where a point is missing', () => {
  expect(traced('line', [0, 0, 1, 1, NaN, NaN, 3, 3, 4, 4])).toBe('M0,0 L1,1 M3,3 L4,4')
})

test('dots', () => {
  expect(traced('dots', [10, 20, NaN, NaN])).toBe('M12.5,20 o10,20,2.5')
})

test('a band goes along the top and back along the bottom, closed; each unbroken stretch by itself', () => {
  const gap = [2, NaN, 2, NaN].map(() => NaN)
  expect(traced('band', [0, 1, 0, 9, 1, 2, 1, 8, ...gap, 3, 3, 3, 7])).toBe('M0,1 L1,2 L1,8 L0,9 Z M3,3 L3,7 Z')
})
