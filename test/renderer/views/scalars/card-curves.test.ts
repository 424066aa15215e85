import { expect, test } from 'vitest'
import type { ScalarEnvelope } from '../../../../src/contract/scalars.ts'
import type { RunId } from '../../../../src/contract/terms.ts'
import { cardCurves, columnsFor } from '../../../../src/renderer/src/views/scalars/card-curves.ts'
import { rawEnvelope } from '../../scalar-envelope.ts'

test('fewer columns a curve the more curves there are, in steps, never too few', () => {
  expect([columnsFor(400, 1), columnsFor(410, 1), columnsFor(400, 40), columnsFor(400, 500)]).toEqual([
    448, 448, 256, 128,
  ])
})

const steps = Array.from({ length: 20 }, (_, index) => index)
const long: ScalarEnvelope = { ...rawEnvelope('a', steps, steps), smoothed: Float64Array.from(steps) }
const short: ScalarEnvelope = { ...rawEnvelope('b', [1, 2], [3, 4]), smoothed: Float64Array.from([3, 3.5]) }

function curves(x: 'step' | 'epoch', isSmooth: boolean, count?: number): string[] {
  const card = { tag: 'train/loss', runIds: ['a', 'b', 'c'] as RunId[] }
  const view = { x: 'step' as const, range: null, smoothing: isSmooth ? 0.6 : 0 }
  const envelopes: Record<string, ScalarEnvelope> = { a: long, b: short }
  return cardCurves(card, {
    x,
    isSmooth,
    loaded: (runId) => {
      const envelope = envelopes[runId]
      return envelope && { envelope, view, columns: 448 }
    },
    count: () => count,
    color: (runId) => `color of ${runId}`,
  }).map(({ envelope, color, smoothed }) => `${envelope.runId} ${color}${smoothed ? ' smoothed' : ''}`)
}

test('curves that are loaded on this axis; series of few points are not smoothed', () => {
  expect(curves('step', true)).toEqual(['a color of a smoothed', 'b color of b'])
  expect(curves('step', false)).toEqual(['a color of a', 'b color of b'])
  expect(curves('epoch', true)).toEqual([])
})

test('few points in sight of a long series are smoothed as the rest of it', () => {
  expect(curves('step', true, 5000)).toEqual(['a color of a smoothed', 'b color of b smoothed'])
})
