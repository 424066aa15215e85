/** Which curves a card draws, and how finely it asks for them. */
import { FEW_POINTS, type Curve } from '../../charts/curve-paths.ts'
import type { XAxis } from '../../../../contract/scalars.ts'
import type { RunId } from '../../../../contract/terms.ts'
import type { LoadedSeries } from '../../state/scalar-loader.ts'
import type { TagCard } from './group-tags.ts'

/** Pixel columns of all curves of a card together: what is drawn at 60 frames a second. */
const COLUMN_BUDGET = 8000
const MIN_COLUMNS = 100

/** In steps, so that a window that is resized does not ask for each pixel. */
const COLUMN_STEP = 64

export function columnsFor(widthPx: number, curveCount: number): number {
  const wanted = Math.min(widthPx, Math.max(MIN_COLUMNS, COLUMN_BUDGET / Math.max(1, curveCount)))
  return Math.ceil(wanted / COLUMN_STEP) * COLUMN_STEP
}

export interface CurveSources {
  readonly x: XAxis
  readonly isSmooth: boolean
  readonly loaded: (runId: RunId) => LoadedSeries | undefined
  /** Points of the whole series; undefined while not counted. */
  readonly count: (runId: RunId) => number | undefined
  readonly color: (runId: RunId) => string
}

/** Curves that are there on this axis, in the order of drawing; series of few points are never smoothed. */
export function cardCurves(card: TagCard, sources: CurveSources): Curve[] {
  return card.runIds.flatMap((runId) => {
    const loaded = sources.loaded(runId)
    if (!loaded || loaded.view.x !== sources.x || loaded.envelope.x.length === 0) return []
    const { envelope } = loaded
    const count = Math.max(sources.count(runId) ?? 0, envelope.count)
    const smoothed = sources.isSmooth && count > FEW_POINTS && envelope.smoothed.length === envelope.x.length
    return [{ envelope, color: sources.color(runId), smoothed }]
  })
}
