import { expect, test } from 'vitest'
import { cardView, fullExtent, hiddenByLog, type CardLook } from '../../../src/renderer/src/charts/card-view.ts'
import type { Curve } from '../../../src/renderer/src/charts/curve-paths.ts'
import { rawEnvelope } from '../scalar-envelope.ts'

const look: CardLook = {
  size: { width: 400, height: 200 },
  x: 'step',
  xLog: false,
  yLog: false,
  extent: [0, 100],
  colors: { text: '#000', dim: '#666', line: '#ddd', grid: '#eee' },
}

function curve(x: readonly number[], values: readonly number[]): Curve {
  return { envelope: rawEnvelope('a', x, values), color: 'red', smoothed: false }
}

test('the plot leaves room for labels; y holds the data in sight', () => {
  const { plot, xTicks, yTicks } = cardView([curve([0, 50, 100], [1, 3, 2])], look)
  expect({ plot, x: xTicks.map(({ label }) => label), y: yTicks.map(({ label }) => label) }).toEqual({
    plot: {
      left: 44,
      top: 8,
      width: 340,
      height: 170,
      x: { kind: 'linear', from: 0, to: 100 },
      y: { kind: 'linear', from: 0.9, to: 3.1 },
    },
    x: ['0', '20', '40', '60', '80', '100'],
    y: ['1.0', '1.5', '2.0', '2.5', '3.0'],
  })
})

test('long labels get a wider margin', () => {
  expect(cardView([curve([0, 1], [1.00001, 1.00002])], look).plot.left).toBeGreaterThan(60)
})

test('zoomed in, y holds what is in sight and the lines that come in from outside, no more', () => {
  const { plot } = cardView([curve([0, 40, 60, 100], [0, 4, 6, 1000])], { ...look, extent: [20, 60] })
  expect(plot.y).toEqual({ kind: 'linear', from: 1.8, to: 6.2 })
})

test('a log axis of y holds positive values only, and says that others are hidden', () => {
  const curves = [curve([0, 1, 2], [0, 10, 1000])]
  const { kind, from, to } = cardView(curves, { ...look, yLog: true }).plot.y
  expect([kind, from < 10 && from > 5, to > 1000 && to < 2000]).toEqual(['log', true, true])
  expect([
    hiddenByLog(curves, look),
    hiddenByLog(curves, { ...look, yLog: true }),
    hiddenByLog(curves, { ...look, xLog: true }),
    hiddenByLog(curves, { ...look, xLog: true, x: 'wall' }),
  ]).toEqual([false, true, true, false])
})

test('nothing to hold still gives axes', () => {
  const views = [false, true].map((yLog) => cardView([curve([0, 1], [NaN, NaN])], { ...look, yLog }))
  expect(views.map(({ plot }) => [plot.y.from, plot.y.to])).toEqual([
    [0, 1],
    [0.1, 10],
  ])
})

test('steps are labelled at whole numbers only, and no label is cut at the right edge', () => {
  expect(cardView([], { ...look, extent: [0, 2] }).xTicks.map(({ label }) => label)).toEqual(['0', '1', '2'])
  const evening = new Date(2026, 6, 31, 22, 50).getTime() / 1000
  const times = cardView([], { ...look, x: 'wall', extent: [evening, evening + 30] }).xTicks
  expect(times.map(({ label }) => label)).toEqual([
    '22:50:00',
    '22:50:05',
    '22:50:10',
    '22:50:15',
    '22:50:20',
    '22:50:25',
  ])
})

test('a time of day has no log axis', () => {
  expect(cardView([], { ...look, x: 'wall', xLog: true, extent: [1e9, 1e9 + 60] }).plot.x.kind).toBe('linear')
})

test('the axis ends a little after the data, in steps, and starts at zero where that is near', () => {
  const ends = [1000, 1001, 1010, 1030].map((to) => fullExtent({ from: 1, to }, 'step', false))
  expect(ends).toEqual([
    [0, 1024],
    [0, 1024],
    [0, 1024],
    [0, 1056],
  ])
  expect(fullExtent({ from: 500, to: 1000 }, 'step', false)[0]).toBe(500)
  expect(fullExtent({ from: 1, to: 1000 }, 'step', true)[0]).toBe(1)
  expect(fullExtent({ from: 7, to: 7 }, 'step', false)).toEqual([7, 7])
})
