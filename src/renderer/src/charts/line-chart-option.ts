/** The ECharts option of a card: axes, grid and strokes. A pure function of the view; the component only mounts it. */
import type { CustomSeriesRenderItemReturn } from 'echarts/types/dist/shared'
import type { EChartsCoreOption } from 'echarts/core'
import { STROKE_SHAPE, type Plot, type Stroke } from './curve-paths.ts'
import type { Scale } from './scale.ts'
import type { Tick } from './ticks.ts'

export interface ChartColors {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly grid: string
}

export interface LineChartView {
  readonly plot: Plot
  /** Width and height of the whole chart, in CSS pixels. */
  readonly size: { readonly width: number; readonly height: number }
  readonly xTicks: readonly Tick[]
  readonly yTicks: readonly Tick[]
  /** Per curve, from back to front. */
  readonly strokes: readonly (readonly Stroke[])[]
  readonly colors: ChartColors
}

export function lineChartOption(view: LineChartView): EChartsCoreOption {
  const { plot, size } = view
  return {
    animation: false,
    grid: {
      left: plot.left,
      top: plot.top,
      right: size.width - plot.left - plot.width,
      bottom: size.height - plot.top - plot.height,
      outerBoundsMode: 'none',
    },
    xAxis: axisOption(plot.x, view.xTicks, view.colors, false),
    yAxis: axisOption(plot.y, view.yTicks, view.colors, true),
    series: [
      {
        type: 'custom',
        silent: true,
        clip: true,
        dimensions: ['curve'],
        encode: { x: [], y: [] },
        data: view.strokes.map((_, index) => [index]),
        renderItem: ({ dataIndex }: { dataIndex: number }) => strokeGroup(view.strokes[dataIndex] ?? []),
      },
    ],
  }
}

/** ECharts lays out a linear axis in either case: a log scale hands it logarithms. */
function axisOption(scale: Scale, ticks: readonly Tick[], colors: ChartColors, hasGrid: boolean): object {
  const place = (value: number): number => (scale.kind === 'log' ? Math.log10(value) : value)
  const labels = new Map(ticks.map(({ value, label }) => [place(value), label]))
  const customValues = [...labels.keys()]
  return {
    type: 'value',
    min: place(scale.from),
    max: place(scale.to),
    axisLine: { show: !hasGrid, onZero: false, lineStyle: { color: colors.line } },
    axisTick: { show: !hasGrid, length: 3, lineStyle: { color: colors.line }, customValues },
    axisLabel: {
      customValues,
      formatter: (value: number) => labels.get(value) ?? '',
      color: colors.dim,
      fontSize: 11,
      margin: 6,
      hideOverlap: false,
    },
    splitLine: { show: hasGrid, lineStyle: { color: colors.grid } },
    minorTick: { show: false },
  }
}

function strokeGroup(strokes: readonly Stroke[]): CustomSeriesRenderItemReturn {
  const children = strokes.map(({ kind, points, color, opacity, width }) => ({
    type: STROKE_SHAPE,
    shape: { kind, points },
    style: {
      fill: kind === 'line' ? 'none' : color,
      stroke: kind === 'dots' ? 'none' : color,
      lineWidth: width,
      lineJoin: 'round',
      lineCap: 'round',
      opacity,
    },
    silent: true,
  }))
  return { type: 'group', children, silent: true } as unknown as CustomSeriesRenderItemReturn
}
