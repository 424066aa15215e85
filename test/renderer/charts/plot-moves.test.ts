import { expect, test } from 'vitest'
import type { Plot } from '../../../src/renderer/src/charts/curve-paths.ts'
import { halfAround, nextX, stretchOf, xAt } from '../../../src/renderer/src/charts/plot-moves.ts'
import { rawEnvelope } from '../scalar-envelope.ts'

const plot: Plot = {
  left: 40,
  top: 0,
  width: 400,
  height: 100,
  x: { kind: 'linear', from: 0, to: 100 },
  y: { kind: 'linear', from: 0, to: 1 },
}

test('the x under a pixel; beyond the plot its ends', () => {
  expect([40, 240, 440, 0, 999].map((px) => xAt(plot, px))).toEqual([0, 50, 100, 0, 100])
})

test('a stretch is the same dragged either way', () => {
  expect([stretchOf(plot, 140, 240), stretchOf(plot, 240, 140)]).toEqual([
    [25, 50],
    [25, 50],
  ])
})

test('zooming by key takes half, around the crosshair where there is room', () => {
  expect([240, 60, 430].map((px) => halfAround(plot, px))).toEqual([
    [25, 75],
    [0, 50],
    [50, 100],
  ])
})

test('arrow keys go from point to point, over gaps, and stop at the ends', () => {
  const envelopes = [rawEnvelope('a', [0, 50, 52, 90], [1, 2, 3, 4])]
  expect([
    nextX(plot, envelopes, 40, true, 0),
    nextX(plot, envelopes, 240, true, 50),
    nextX(plot, envelopes, 240, false, 50),
    nextX(plot, envelopes, 400, true, 90),
  ]).toEqual([50, 52, 0, null])
})
