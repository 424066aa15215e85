import { expect, test } from 'vitest'
import { lineChartOption, type LineChartView } from '../../../src/renderer/src/charts/line-chart-option.ts'

const points = Float64Array.of(44, 8, 384, 178)
const view: LineChartView = {
  plot: {
    left: 44,
    top: 8,
    width: 340,
    height: 170,
    x: { kind: 'linear', from: 0, to: 100 },
    y: { kind: 'log', from: 0.1, to: 1000 },
  },
  size: { width: 400, height: 200 },
  xTicks: [
    { value: 0, label: '0' },
    { value: 50, label: '50' },
  ],
  yTicks: [
    { value: 0.1, label: '0.1' },
    { value: 100, label: '100' },
  ],
  strokes: [[{ kind: 'line', points, color: 'red', opacity: 1, width: 1.5 }]],
  colors: { text: '#000', dim: '#666', line: '#ddd', grid: '#eee' },
}

interface Axis {
  axisLabel: { formatter: (value: number) => string }
}

test('the option of a card', () => {
  const axis = { type: 'value', minorTick: { show: false } }
  const label = { formatter: expect.any(Function), color: '#666', fontSize: 11, margin: 6, hideOverlap: false }
  expect(lineChartOption(view)).toEqual({
    animation: false,
    grid: { left: 44, top: 8, right: 16, bottom: 22, outerBoundsMode: 'none' },
    xAxis: {
      ...axis,
      min: 0,
      max: 100,
      axisLine: { show: true, onZero: false, lineStyle: { color: '#ddd' } },
      axisTick: { show: true, length: 3, lineStyle: { color: '#ddd' }, customValues: [0, 50] },
      axisLabel: { ...label, customValues: [0, 50] },
      splitLine: { show: false, lineStyle: { color: '#eee' } },
    },
    yAxis: {
      ...axis,
      min: -1,
      max: 3,
      axisLine: { show: false, onZero: false, lineStyle: { color: '#ddd' } },
      axisTick: { show: false, length: 3, lineStyle: { color: '#ddd' }, customValues: [-1, 2] },
      axisLabel: { ...label, customValues: [-1, 2] },
      splitLine: { show: true, lineStyle: { color: '#eee' } },
    },
    series: [
      {
        type: 'custom',
        silent: true,
        clip: true,
        dimensions: ['curve'],
        encode: { x: [], y: [] },
        data: [[0]],
        renderItem: expect.any(Function),
      },
    ],
  })
})

test('labels are those of the ticks, also where ECharts is handed logarithms', () => {
  const { xAxis, yAxis } = lineChartOption(view) as { xAxis: Axis; yAxis: Axis }
  expect([xAxis, yAxis].flatMap(({ axisLabel }) => [-1, 2, 50].map(axisLabel.formatter))).toEqual([
    '',
    '',
    '50',
    '0.1',
    '100',
    '',
  ])
})

test('each curve is a group of its strokes', () => {
  const { series } = lineChartOption(view) as {
    series: [{ renderItem: (params: { dataIndex: number }) => unknown }]
  }
  expect(series[0].renderItem({ dataIndex: 0 })).toEqual({
    type: 'group',
    silent: true,
    children: [
      {
        type: 'minima-stroke',
        shape: { kind: 'line', points },
        style: { fill: 'none', stroke: 'red', lineWidth: 1.5, lineJoin: 'round', lineCap: 'round', opacity: 1 },
        silent: true,
      },
    ],
  })
})
