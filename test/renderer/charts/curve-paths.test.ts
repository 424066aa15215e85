import { expect, test } from 'vitest'
import type { ScalarEnvelope } from '../../../src/contract/scalars.ts'
import { curveStrokes, tracePath, type Plot } from '../../../src/renderer/src/charts/curve-paths.ts'
import { rawEnvelope } from '../scalar-envelope.ts'

/** One unit is ten pixels each way, from (40, 100). */
const plot: Plot = {
  left: 40,
  top: 0,
  width: 100,
  height: 100,
  x: { kind: 'linear', from: 0, to: 10 },
  y: { kind: 'linear', from: 0, to: 10 },
}

function strokesOf(envelope: ScalarEnvelope, smoothed: boolean): object[] {
  return curveStrokes({ envelope, color: 'red', smoothed }, plot).map(({ kind, points, opacity, width }) => ({
    kind,
    points: [...points].map((px) => Math.round(px * 1e6) / 1e6),
    opacity,
    width,
  }))
}

test('values become pixels; a value that is not finite has none', () => {
  const points = tracePath(Float64Array.of(0, 5, 6, 10), Float64Array.of(0, 5, NaN, 10), plot)
  expect([...points]).toEqual([40, 100, 90, 50, NaN, NaN, 140, 0])
})

test('few raw points are a line with dots', () => {
  const points = [40, 100, 90, 50]
  expect(strokesOf(rawEnvelope('a', [0, 5], [0, 5]), false)).toEqual([
    { kind: 'line', points, opacity: 1, width: 1.5 },
    { kind: 'dots', points, opacity: 1, width: 1.5 },
  ])
})

test('many raw points are a line; smoothing lays them faint behind the average', () => {
  const steps = Array.from({ length: 13 }, (_, index) => index / 2)
  const envelope = { ...rawEnvelope('a', steps, steps), smoothed: Float64Array.from(steps, (step) => step / 2) }
  expect(strokesOf(envelope, true)).toEqual([
    { kind: 'line', points: expect.arrayContaining([40, 100, 45, 95]), opacity: 0.3, width: 1 },
    { kind: 'line', points: expect.arrayContaining([40, 100, 45, 97.5]), opacity: 1, width: 1.5 },
  ])
})

test('an envelope has a band of its exact extremes behind a line through the last values', () => {
  const envelope: ScalarEnvelope = {
    ...rawEnvelope('a', [0, 10], [5, 6]),
    raw: false,
    min: Float64Array.of(1, 2),
    max: Float64Array.of(9, 8),
  }
  expect(strokesOf(envelope, false)).toEqual([
    { kind: 'band', points: [40, 10, 40, 90, 140, 20, 140, 80], opacity: 0.28, width: 1 },
    { kind: 'line', points: [40, 50, 140, 40], opacity: 1, width: 1.5 },
  ])
})
