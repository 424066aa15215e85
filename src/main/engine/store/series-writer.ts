/** Appends points to the series of one run: finds where steps go back, opens segments, keeps the summary of each series. */
import { MinimaError } from '../../../contract/errors.ts'
import type { WorkspaceDatabase } from './database.ts'
import { slicePoints, type PointColumns } from './points.ts'
import type { ScalarReader, Segment } from './scalar-reader.ts'
import { createSegmentWriter, type OpenSegment, type SeriesShape } from './segment-writer.ts'
import { EMPTY_SUMMARY, combine, packSummary, summarize, unpackSummary, type Summary } from './summary.ts'
import { summarizeSegment } from './walk-segment.ts'

export interface SeriesWriter {
  append(tag: string, points: PointColumns): void
  /** Hides the points after `step` in all series of the run: they will be repeated. */
  rewind(step: number): void
  /** Writes the summaries of the series that grew; the last thing in a transaction. */
  flush(): void
  /** Makes chunks of tails that are long enough: the run has ended. */
  seal(): void
  /** Forgets what it knows of the series, such as after a transaction that failed. */
  reset(): void
}

/** The last segment of a series, and the summary of all points that are visible. */
interface OpenSeries {
  readonly seriesId: number
  summary: Summary
  segment: OpenSegment | null
  dirty: boolean
}

interface SegmentRow {
  segment_id: number
  superseded_from: number | null
  chunk_count: number
  sealed_count: number
  prior: Uint8Array
}

/** A tail shorter than this part of a chunk is not worth one. */
const MIN_SEALED_PART = 1 / 16

/** Prepares the statements once; what it returns makes the writer of a run. */
export function createSeriesWriters(
  database: WorkspaceDatabase,
  reader: ScalarReader,
  shape: SeriesShape,
): (runId: string) => SeriesWriter {
  const { sqlite } = database
  const segments = createSegmentWriter(database, shape)
  const selectSeries = sqlite.prepare<[string, string], { series_id: number; summary: Uint8Array }>(
    'SELECT series_id, summary FROM series WHERE run_id = ? AND tag = ?',
  )
  const selectTags = sqlite.prepare<[string], string>('SELECT tag FROM series WHERE run_id = ?').pluck()
  const insertSeries = sqlite.prepare<[string, string, Uint8Array]>(
    'INSERT INTO series (run_id, tag, summary) VALUES (?, ?, ?)',
  )
  const updateSeries = sqlite.prepare<[Uint8Array, number]>('UPDATE series SET summary = ? WHERE series_id = ?')
  const lastSegment = sqlite.prepare<[number], SegmentRow>(
    'SELECT * FROM segments WHERE series_id = ? ORDER BY segment_id DESC LIMIT 1',
  )
  const lastTailRow = sqlite.prepare<[number], { first_index: number; octets: number }>(
    `SELECT first_index, length(points) AS octets FROM tail WHERE segment_id = ? ORDER BY first_index DESC LIMIT 1`,
  )
  const insertSegment = sqlite.prepare<[number, number, Uint8Array]>(
    `INSERT INTO segments (series_id, first_step, chunk_count, sealed_count, prior) VALUES (?, ?, 0, 0, ?)`,
  )
  const supersede = sqlite.prepare<[number, number, number]>(
    `UPDATE segments SET superseded_from = ?
     WHERE series_id = ? AND (superseded_from IS NULL OR superseded_from > ?)`,
  )
  const lastVisibleSegment = sqlite.prepare<[number], SegmentRow>(
    `SELECT * FROM segments WHERE series_id = ? AND (superseded_from IS NULL OR superseded_from > first_step)
     ORDER BY segment_id DESC LIMIT 1`,
  )

  const tailCountOf = ({ segment_id, sealed_count }: SegmentRow): number => {
    const row = lastTailRow.get(segment_id)
    return row ? row.first_index + row.octets / (3 * 8) - sealed_count : 0
  }

  const load = (runId: string, tag: string): OpenSeries => {
    const row = selectSeries.get(runId, tag)
    if (!row) {
      const { lastInsertRowid } = insertSeries.run(runId, tag, packSummary(EMPTY_SUMMARY))
      return { seriesId: Number(lastInsertRowid), summary: EMPTY_SUMMARY, segment: null, dirty: true }
    }
    const last = lastSegment.get(row.series_id)
    // One that is cut takes no more points: they would not be seen.
    const segment = last?.superseded_from === null && {
      segmentId: last.segment_id,
      chunkCount: last.chunk_count,
      sealedCount: last.sealed_count,
      tailCount: tailCountOf(last),
    }
    return { seriesId: row.series_id, summary: unpackSummary(row.summary), segment: segment || null, dirty: false }
  }

  /** Hides the points from `step` on. */
  const cut = (series: OpenSeries, step: number): void => {
    supersede.run(step, series.seriesId, step)
    // Visible steps ascend over all segments, so at most the last visible one is cut, and those before it are in its
    // `prior` already: a restart costs the same however many came before it.
    const last = lastVisibleSegment.get(series.seriesId)
    series.summary = last
      ? combine(unpackSummary(last.prior), summarizeSegment(reader, toSegment(last)))
      : EMPTY_SUMMARY
  }

  /** Hides what is repeated from `step` on, and starts a segment there. */
  const openSegment = (series: OpenSeries, step: number): OpenSegment => {
    cut(series, step)
    const { lastInsertRowid } = insertSegment.run(series.seriesId, step, packSummary(series.summary))
    return { segmentId: Number(lastInsertRowid), chunkCount: 0, sealedCount: 0, tailCount: 0 }
  }

  return (runId) => {
    const open = new Map<string, OpenSeries>()
    const seriesOf = (tag: string): OpenSeries => {
      const series = open.get(tag) ?? load(runId, tag)
      open.set(tag, series)
      return series
    }
    return {
      append(tag, points) {
        checkPoints(tag, points)
        const { length } = points.steps
        if (length === 0) return
        const series = seriesOf(tag)
        for (let from = 0; from < length;) {
          const step = points.steps[from] ?? NaN
          const to = endOfAscent(points.steps, from)
          if (!series.segment || step < series.summary.lastStep) series.segment = openSegment(series, step)
          segments.append(series.segment, slicePoints(points, from, to))
          series.summary = combine(series.summary, summarize(points, from, to))
          from = to
        }
        series.dirty = true
      },
      rewind(step) {
        for (const tag of selectTags.all(runId)) {
          const series = seriesOf(tag)
          if (series.segment === null || series.summary.lastStep <= step) continue
          cut(series, step + 1)
          series.segment = null
          series.dirty = true
        }
      },
      flush() {
        for (const series of open.values()) {
          if (series.dirty) updateSeries.run(packSummary(series.summary), series.seriesId)
          series.dirty = false
        }
      },
      seal() {
        for (const { segment } of open.values()) {
          if (segment && segment.tailCount >= shape.chunkPoints * MIN_SEALED_PART) segments.seal(segment)
        }
      },
      reset: () => open.clear(),
    }
  }
}

/** Index after the last point to which steps do not go back from `from` on. */
function endOfAscent(steps: Float64Array, from: number): number {
  let to = from + 1
  while (to < steps.length && (steps[to] ?? NaN) >= (steps[to - 1] ?? NaN)) to++
  return to
}

/** What is stored is trusted ever after, so it is checked here, whoever it came from. */
function checkPoints(tag: string, { steps, wallTimes, values }: PointColumns): void {
  if (wallTimes.length !== steps.length || values.length !== steps.length) {
    throw new MinimaError(
      'bad-request',
      `series ${tag}: ${steps.length} steps, ${wallTimes.length} wall times and ${values.length} values; lengths must be equal`,
    )
  }
  const step = steps.find((value) => !Number.isSafeInteger(value))
  if (step !== undefined) throw new MinimaError('bad-request', `series ${tag}: step ${step} is not an integer`)
  const wallTime = wallTimes.find((value) => !Number.isFinite(value))
  if (wallTime !== undefined) throw new MinimaError('bad-request', `series ${tag}: wall time ${wallTime} is not finite`)
}

function toSegment(row: SegmentRow): Segment {
  return {
    segmentId: row.segment_id,
    supersededFrom: row.superseded_from ?? Infinity,
    chunkCount: row.chunk_count,
  }
}
