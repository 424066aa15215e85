/** Turns an envelope into what is stroked and filled on a plot, in pixels. Pure, and without a look at the screen. */
import type { ScalarEnvelope } from '../../../contract/scalars.ts'
import { toUnit, type Scale } from './scale.ts'

/** The rectangle inside the axes, in CSS pixels from the card's top left. */
export interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly x: Scale
  readonly y: Scale
}

/** What ECharts calls the shape that draws a stroke. */
export const STROKE_SHAPE = 'minima-stroke'

/** `points` are x, y pairs; a NaN in one breaks a line. */
export interface Stroke {
  readonly kind: 'line' | 'band' | 'dots'
  readonly points: Float64Array
  readonly color: string
  readonly opacity: number
  readonly width: number
}

export interface Curve {
  readonly envelope: ScalarEnvelope
  readonly color: string
  /** Draws the moving average, with the exact values faint behind it. */
  readonly smoothed: boolean
}

/** Up to this many points are marked one by one. */
export const FEW_POINTS = 12
const LINE_PX = 1.5

/** What is drawn of a curve, from back to front. */
export function curveStrokes({ envelope, color, smoothed }: Curve, plot: Plot): Stroke[] {
  const strokes: Stroke[] = []
  const faint = smoothed ? 0.5 : 1
  if (!envelope.raw) {
    const points = tracePath(envelope.x, envelope.max, plot)
    const back = tracePath(envelope.x, envelope.min, plot)
    strokes.push({ kind: 'band', points: joinBand(points, back), color, opacity: 0.28 * faint, width: 1 })
  }
  const exact = tracePath(envelope.x, envelope.last, plot)
  if (smoothed) {
    if (envelope.raw) strokes.push({ kind: 'line', points: exact, color, opacity: 0.3, width: 1 })
    strokes.push({
      kind: 'line',
      points: tracePath(envelope.x, envelope.smoothed, plot),
      color,
      opacity: 1,
      width: LINE_PX,
    })
  } else strokes.push({ kind: 'line', points: exact, color, opacity: 1, width: LINE_PX })
  if (envelope.raw && envelope.x.length <= FEW_POINTS) {
    strokes.push({ kind: 'dots', points: exact, color, opacity: 1, width: LINE_PX })
  }
  return strokes
}

/** Pixel places of the values; NaN where there is none: not finite, or not positive on a log axis. */
export function tracePath(xs: Float64Array, ys: Float64Array, plot: Plot): Float64Array {
  const points = new Float64Array(xs.length * 2)
  for (let index = 0; index < xs.length; index += 1) {
    const x = plot.left + toUnit(plot.x, xs[index] ?? Number.NaN) * plot.width
    const y = plot.top + (1 - toUnit(plot.y, ys[index] ?? Number.NaN)) * plot.height
    const isPlace = Number.isFinite(x) && Number.isFinite(y)
    points[index * 2] = isPlace ? x : Number.NaN
    points[index * 2 + 1] = isPlace ? y : Number.NaN
  }
  return points
}

/** Pairs of the upper edge followed by pairs of the lower one, column by column: x, top, x, bottom. */
function joinBand(upper: Float64Array, lower: Float64Array): Float64Array {
  const joined = new Float64Array(upper.length * 2)
  for (let index = 0; index < upper.length; index += 2) {
    joined.set(upper.subarray(index, index + 2), index * 2)
    joined.set(lower.subarray(index, index + 2), index * 2 + 2)
  }
  return joined
}
