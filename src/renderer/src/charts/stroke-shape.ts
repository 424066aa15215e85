/** Teaches ECharts to draw strokes straight from typed arrays; its own lines would box every point. */
import * as echarts from 'echarts/core'
import { STROKE_SHAPE, type Stroke } from './curve-paths.ts'

/** The part of a canvas path that is used; ECharts hands in its recorder of paths. */
export interface PathSink {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  closePath(): void
}

export type StrokeShape = Pick<Stroke, 'kind' | 'points'>

const DOT_PX = 2.5

export function registerStrokeShape(): void {
  if (echarts.graphic.getShapeClass(STROKE_SHAPE)) return
  const shape: StrokeShape = { kind: 'line', points: new Float64Array() }
  echarts.graphic.registerShape(
    STROKE_SHAPE,
    echarts.graphic.extendShape({
      shape,
      buildPath: (path, given) => buildStroke(path as unknown as PathSink, given as StrokeShape),
    }),
  )
}

export function buildStroke(path: PathSink, { kind, points }: StrokeShape): void {
  if (kind === 'line') buildLine(path, points)
  else if (kind === 'dots') buildDots(path, points)
  else buildBand(path, points)
}

function buildLine(path: PathSink, points: Float64Array): void {
  let isDown = false
  for (let index = 0; index < points.length; index += 2) {
    const x = points[index] ?? Number.NaN
    const y = points[index + 1] ?? Number.NaN
    if (Number.isNaN(x)) isDown = false
    else if (isDown) path.lineTo(x, y)
    else {
      path.moveTo(x, y)
      isDown = true
    }
  }
}

function buildDots(path: PathSink, points: Float64Array): void {
  for (let index = 0; index < points.length; index += 2) {
    const x = points[index] ?? Number.NaN
    const y = points[index + 1] ?? Number.NaN
    if (Number.isNaN(x)) continue
    path.moveTo(x + DOT_PX, y)
    path.arc(x, y, DOT_PX, 0, Math.PI * 2)
  }
}

/** Each unbroken stretch of columns is one closed figure: along the top, back along the bottom. */
function buildBand(path: PathSink, points: Float64Array): void {
  let start = 0
  while (start < points.length) {
    let end = start
    while (end < points.length && !Number.isNaN(points[end]) && !Number.isNaN(points[end + 2])) end += 4
    if (end > start) {
      for (let index = start; index < end; index += 4) {
        const draw = index === start ? 'moveTo' : 'lineTo'
        path[draw](points[index] ?? 0, points[index + 1] ?? 0)
      }
      for (let index = end - 4; index >= start; index -= 4) path.lineTo(points[index + 2] ?? 0, points[index + 3] ?? 0)
      path.closePath()
    }
    start = end + 4
  }
}
