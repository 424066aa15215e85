/** From the curves of a card and how they are looked at to the view that is drawn. */
import type { ScalarEnvelope, XAxis } from '../../../contract/scalars.ts'
import { curveStrokes, type Curve, type Plot } from './curve-paths.ts'
import type { ChartColors, LineChartView } from './line-chart-option.ts'
import { scaleAround, scaleExact, toUnit, type Scale } from './scale.ts'
import { numberTicks, relativeTicks, wallTicks, type Tick } from './ticks.ts'

export interface CardLook {
  readonly size: { readonly width: number; readonly height: number }
  readonly x: XAxis
  readonly xLog: boolean
  readonly yLog: boolean
  /** First and last x on the axis. */
  readonly extent: readonly [number, number]
  readonly colors: ChartColors
}

const LABEL_PX = 6.4
const MARGIN = { top: 8, right: 16, bottom: 22, left: 44 }
const X_TICK_PX = 80
const Y_TICK_PX = 38

export function cardView(curves: readonly Curve[], look: CardLook): LineChartView {
  const xKind = look.xLog && look.x !== 'wall' && look.extent[0] > 0 ? 'log' : 'linear'
  const x = scaleExact(xKind, look.extent[0], look.extent[1])
  const y = yScale(curves, x, look.yLog)
  const height = Math.max(1, look.size.height - MARGIN.top - MARGIN.bottom)
  const yTicks = numberTicks(y, Math.max(2, height / Y_TICK_PX))
  const longest = Math.max(0, ...yTicks.map(({ label }) => label.length))
  const left = Math.max(MARGIN.left, Math.ceil(longest * LABEL_PX) + 12)
  const width = Math.max(1, look.size.width - left - MARGIN.right)
  const plot: Plot = { left, top: MARGIN.top, width, height, x, y }
  return {
    plot,
    size: look.size,
    xTicks: fitting(xTicksOf(look.x, x, Math.max(1, width / X_TICK_PX)), plot),
    yTicks,
    strokes: curves.map((curve) => curveStrokes(curve, plot)),
    colors: look.colors,
  }
}

function xTicksOf(x: XAxis, scale: Scale, count: number): Tick[] {
  if (x === 'wall') return wallTicks(scale, count)
  if (x === 'relative') return relativeTicks(scale, count)
  return numberTicks(scale, count, x === 'step' ? 1 : 0)
}

/** Leaves out labels that the card's right edge would cut. */
function fitting(ticks: readonly Tick[], { x, width }: Plot): Tick[] {
  return ticks.filter(
    ({ value, label }) => toUnit(x, value) * width + (label.length * LABEL_PX) / 2 <= width + MARGIN.right,
  )
}

/**
 * A little more than the data, so that the last point is whole. The end moves in steps of some two percent: cards that
 * did not grow are not drawn anew for each point of those that did. From 0 where that is near, but not on a log axis.
 */
export function fullExtent(
  { from, to }: { from: number; to: number },
  x: XAxis,
  isLog: boolean,
): readonly [number, number] {
  if (isLog && x !== 'wall') return [from, to * (to / from) ** 0.01]
  const start = x !== 'wall' && from > 0 && from < to * 0.1 ? 0 : from
  const span = to - start
  if (!(span > 0)) return [start, to]
  const step = 2 ** Math.floor(Math.log2(span)) / 32
  return [start, start + (Math.floor((span * 1.01) / step) + 1) * step]
}

/** Holds everything that is drawn within the scale of x, lines that come in from outside too; what a log axis has no place for does not count. */
function yScale(curves: readonly Curve[], x: Scale, isLog: boolean): Scale {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  const hold = (value: number): void => {
    if (!Number.isFinite(value) || (isLog && value <= 0)) return
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  for (const { envelope } of curves) {
    for (let row = 0; row < envelope.x.length; row += 1) {
      const at = envelope.x[row] ?? Number.NaN
      const next = envelope.x[row + 1] ?? Number.NaN
      if (at >= x.from && at <= x.to) {
        hold(envelope.min[row] ?? Number.NaN)
        hold(envelope.max[row] ?? Number.NaN)
      }
      if (at < x.from && next > x.from) hold(valueAt(envelope, row, x.from))
      if (at < x.to && next > x.to) hold(valueAt(envelope, row, x.to))
    }
  }
  if (low > high) return isLog ? { kind: 'log', from: 0.1, to: 10 } : { kind: 'linear', from: 0, to: 1 }
  return scaleAround(isLog ? 'log' : 'linear', low, high)
}

/** Where the line from this row to the next passes `x`. */
function valueAt({ x: xs, last }: ScalarEnvelope, row: number, x: number): number {
  const [from = 0, to = 0] = xs.subarray(row, row + 2)
  const [start = 0, end = 0] = last.subarray(row, row + 2)
  return start + ((x - from) / (to - from)) * (end - start)
}

/** Points in sight that a log axis leaves out. */
export function hiddenByLog(
  curves: readonly Curve[],
  { x, xLog, yLog }: Pick<CardLook, 'x' | 'xLog' | 'yLog'>,
): boolean {
  const isHidden = (values: Float64Array): boolean => values.some((value) => value <= 0)
  return curves.some(
    ({ envelope }) => (yLog && isHidden(envelope.min)) || (xLog && x !== 'wall' && isHidden(envelope.x)),
  )
}
