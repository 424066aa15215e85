import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramOf } from '../../../src/main/engine/training/histogram.ts'

test('every finite value is in one bucket, between the least and the greatest', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noDefaultInfinity: false }), { minLength: 1 }), (values) => {
      const { edges, counts, nonFinite } = histogramOf('w', 1, 2, Float32Array.from(values))
      const finite = values.filter(Number.isFinite)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(finite.length)
      expect(nonFinite).toBe(values.length - finite.length)
      expect(edges.length).toBe(counts.length + 1)
      if (finite.length > 0)
        expect([edges[0], edges.at(-1)]).toEqual([Math.min(...finite) + 0, Math.max(...finite) + 0])
    }),
  )
})

test('equal values make one bucket of no width', () => {
  expect(histogramOf('w', 3, 4, [2, 2, NaN])).toEqual({
    kind: 'histogram',
    tag: 'w',
    step: 3,
    wallTime: 4,
    edges: Float64Array.of(2, 2),
    counts: Float64Array.of(2),
    nonFinite: 1,
  })
})
