/** Answers a chart: the points of a series in a range of x, or their exact envelope, and their moving average. */
import type { ScalarEnvelope, ScalarQuery } from '../../../contract/scalars.ts'
import type { PointColumns } from '../store/points.ts'
import type { Store } from '../store/store.ts'
import type { Summary } from '../store/summary.ts'
import { EnvelopeRows, columnOf, firstIndex, type PixelGrid } from './pixel-columns.ts'
import { walkInOrder, walkSorted, type SeriesWalk } from './series-walk.ts'
import { Smoother } from './smooth.ts'
import { isOrdered, xOf, xRangeOf, xScaleOf, type XScale } from './x-scale.ts'

export type EnvelopeQuery = Pick<ScalarQuery, 'x' | 'range' | 'columns' | 'smoothing'>

const MAX_NON_FINITE = 100

/**
 * @returns undefined when there is no such run, or it has no such series.
 * @throws MinimaError `bad-request` when x is epochs and the run has none.
 */
export function readEnvelope(
  { runs, scalars }: Pick<Store, 'runs' | 'scalars'>,
  runId: string,
  tag: string,
  query: EnvelopeQuery,
): ScalarEnvelope | undefined {
  const timeline = runs.getTimeline(runId)
  const series = scalars.readSummary(runId, tag)
  if (!timeline || !series) return undefined

  const scale = xScaleOf(query.x, timeline, series, runId)
  const ends = query.range ?? xRangeOf(scale, series)
  const grid: PixelGrid = { from: Math.min(...ends), to: Math.max(...ends), columns: query.columns }
  const inOrder = walkInOrder(scalars, runId, tag)
  const walk = isOrdered(scale, series) ? inOrder : walkSorted(inOrder, scale)

  const extent = findExtent(walk, scale, grid)
  const raw = extent.count <= query.columns
  const rows = new EnvelopeRows()
  const addNeighbour = ({ x, value }: Neighbour, place: number): void => {
    if (raw) return rows.addPoint(x, value, place)
    rows.beginRow()
    rows.addPoints(Float64Array.of(value), 0, 1, x, place)
  }
  if (extent.before) addNeighbour(extent.before, extent.start - 1)
  if (raw) addPoints(rows, walk, scale, grid)
  else addColumns(rows, walk, scale, grid)
  if (extent.after) addNeighbour(extent.after, extent.start + extent.count)

  return {
    runId,
    tag,
    raw,
    count: extent.count,
    nonFiniteSteps: extent.nonFiniteSteps,
    x: Float64Array.from(rows.x),
    min: Float64Array.from(rows.min),
    max: Float64Array.from(rows.max),
    first: Float64Array.from(rows.first),
    last: Float64Array.from(rows.last),
    smoothed: query.smoothing > 0 ? smoothAt(inOrder, rows.positions.map(walk.toPosition), query.smoothing) : NONE,
  }
}

const NONE = new Float64Array()

interface Neighbour {
  readonly x: number
  readonly value: number
}

interface Extent {
  /** Points before the range. */
  start: number
  /** Points in range. */
  count: number
  before: Neighbour | null
  after: Neighbour | null
  /** Ascending. */
  nonFiniteSteps: number[]
}

/** Counts the points in range, and finds what is beside and what is not a number in it. */
function findExtent({ walk }: SeriesWalk, scale: XScale, grid: PixelGrid): Extent {
  const extent: Extent = { start: 0, count: 0, before: null, after: null, nonFiniteSteps: [] }
  walk({
    accepts(summary) {
      const [first, last] = xRangeOf(scale, summary)
      if (last < grid.from) {
        extent.start += summary.count
        extent.before = { x: last, value: summary.lastValue }
        return true
      }
      if (first > grid.to) {
        extent.after ??= { x: first, value: summary.firstValue }
        return true
      }
      const wanted = summary.finiteCount < summary.count && extent.nonFiniteSteps.length < MAX_NON_FINITE
      if (first < grid.from || last > grid.to || wanted) return false
      extent.count += summary.count
      return true
    },
    points(points) {
      const { values } = points
      const x = xOf(scale, points)
      const [from, to] = indicesInRange(x, values.length, grid)
      if (from > 0) extent.before = { x: x(from - 1), value: values[from - 1] ?? NaN }
      if (to < values.length) extent.after ??= { x: x(to), value: values[to] ?? NaN }
      extent.start += from
      extent.count += to - from
      addNonFinite(extent.nonFiniteSteps, points, from, to)
    },
  })
  extent.nonFiniteSteps = extent.nonFiniteSteps.sort((a, b) => a - b).slice(0, MAX_NON_FINITE)
  return extent
}

/** A row per point in range. */
function addPoints(rows: EnvelopeRows, { walk }: SeriesWalk, scale: XScale, grid: PixelGrid): void {
  let place = 0
  walk({
    accepts(summary) {
      const skip = isOutside(scale, summary, grid)
      if (skip) place += summary.count
      return skip
    },
    points(points) {
      const { values } = points
      const x = xOf(scale, points)
      const [from, to] = indicesInRange(x, values.length, grid)
      for (let index = from; index < to; index++) rows.addPoint(x(index), values[index] ?? NaN, place + index)
      place += values.length
    },
  })
}

/** A row per pixel column that is not empty; whatever lies within one column is taken as its summary. */
function addColumns(rows: EnvelopeRows, { walk }: SeriesWalk, scale: XScale, grid: PixelGrid): void {
  let place = 0
  let open = -1
  const enter = (column: number): void => {
    if (column !== open) rows.beginRow()
    open = column
  }
  walk({
    accepts(summary) {
      if (!isOutside(scale, summary, grid)) {
        const [first, last] = xRangeOf(scale, summary)
        if (first < grid.from || last > grid.to || columnOf(grid, first) !== columnOf(grid, last)) return false
        enter(columnOf(grid, first))
        rows.addSummary(summary, last, place + summary.count - 1)
      }
      place += summary.count
      return true
    },
    points(points) {
      const { values } = points
      const x = xOf(scale, points)
      const [from, to] = indicesInRange(x, values.length, grid)
      for (let start = from; start < to;) {
        const column = columnOf(grid, x(start))
        const end = firstIndex(start + 1, to, (index) => columnOf(grid, x(index)) > column)
        enter(column)
        rows.addPoints(values, start, end, x(end - 1), place + end - 1)
        start = end
      }
      place += values.length
    },
  })
}

/** The average after each of the points at `positions`: over all points from the first on, however few are drawn. */
function smoothAt({ walk }: SeriesWalk, positions: readonly number[], weight: number): Float64Array {
  const smoothed = new Float64Array(positions.length)
  const smoother = new Smoother(weight)
  const pending = [...positions.entries()].sort(([, a], [, b]) => a - b)
  let [next, place] = [0, 0]
  walk({
    accepts: () => next === pending.length,
    points({ values }) {
      let from = 0
      for (; next < pending.length; next++) {
        const [row, position] = pending[next] ?? [0, 0]
        if (position >= place + values.length) break
        smoother.feed(values, from, position - place + 1)
        from = position - place + 1
        smoothed[row] = smoother.average
      }
      if (next < pending.length) smoother.feed(values, from, values.length)
      place += values.length
    },
  })
  return smoothed
}

function isOutside(scale: XScale, summary: Summary, grid: PixelGrid): boolean {
  const [first, last] = xRangeOf(scale, summary)
  return last < grid.from || first > grid.to
}

/** Half-open interval of the points whose x is in the closed range of the grid. */
function indicesInRange(x: (index: number) => number, length: number, { from, to }: PixelGrid): [number, number] {
  const start = firstIndex(0, length, (index) => x(index) >= from)
  return [start, firstIndex(start, length, (index) => x(index) > to)]
}

function addNonFinite(found: number[], { steps, values }: PointColumns, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    if (!Number.isFinite(values[index])) found.push(steps[index] ?? NaN)
  }
}
