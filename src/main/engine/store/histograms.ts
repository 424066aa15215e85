/** Histograms of a run: appended one by one, read by tag. */
import type { HistogramRecord } from '../../../contract/log-record.ts'
import type { HistogramSummary } from '../../../contract/run.ts'
import { MinimaError } from '../../../contract/errors.ts'
import { decodeColumn, encodeColumn } from './column-codec.ts'
import type { WorkspaceDatabase } from './database.ts'

export interface Histograms {
  /** A step below that of the last one hides those from it on, as for scalars. To be called within a transaction. */
  append(runId: string, record: HistogramRecord): void
  /** Hides those after `step`, of all tags. To be called within a transaction. */
  rewind(runId: string, step: number): void
  list(runId: string): HistogramSummary[]
  /** Those that are not superseded, by step. */
  read(runId: string, tag: string): HistogramRecord[]
}

interface HistogramRow {
  step: number
  wallTime: number
  nonFinite: number
  edges: Uint8Array
  counts: Uint8Array
}

export function createHistograms({ sqlite, read }: WorkspaceDatabase): Histograms {
  const supersede = sqlite.prepare<[string, string, number]>(
    'UPDATE histograms SET superseded = 1 WHERE run_id = ? AND tag = ? AND superseded = 0 AND step >= ?',
  )
  const supersedeAll = sqlite.prepare<[string, number]>(
    'UPDATE histograms SET superseded = 1 WHERE run_id = ? AND superseded = 0 AND step > ?',
  )
  const lastStep = sqlite
    .prepare<[string, string], number | null>(
      'SELECT max(step) FROM histograms WHERE run_id = ? AND tag = ? AND superseded = 0',
    )
    .pluck()
  const insert = sqlite.prepare<[string, string, number, number, number, Uint8Array, Uint8Array]>(
    `INSERT INTO histograms (run_id, tag, step, wall_time, non_finite, edges, counts) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const summaries = sqlite.prepare<[string], HistogramSummary>(
    `SELECT tag, count(*) AS count, min(step) AS firstStep, max(step) AS lastStep FROM histograms
     WHERE run_id = ? AND superseded = 0 GROUP BY tag ORDER BY tag`,
  )
  const rows = sqlite.prepare<[string, string], HistogramRow>(
    `SELECT step, wall_time AS wallTime, non_finite AS nonFinite, edges, counts FROM histograms
     WHERE run_id = ? AND tag = ? AND superseded = 0 ORDER BY step, histogram_id`,
  )
  return {
    append(runId, record) {
      checkHistogram(record)
      const { tag, step, wallTime, nonFinite, edges, counts } = record
      if (step < (lastStep.get(runId, tag) ?? -Infinity)) supersede.run(runId, tag, step)
      insert.run(runId, tag, step, wallTime, nonFinite, encodeColumn(edges), encodeColumn(counts))
    },
    rewind: (runId, step) => void supersedeAll.run(runId, step),
    list: (runId) => read(() => summaries.all(runId)),
    read: (runId, tag) =>
      read(() => rows.all(runId, tag)).map((row) => ({
        kind: 'histogram',
        tag,
        ...row,
        edges: decodeColumn(row.edges),
        counts: decodeColumn(row.counts),
      })),
  }
}

function checkHistogram({ tag, step, wallTime, edges, counts }: HistogramRecord): void {
  if (edges.length !== counts.length + 1) {
    throw new MinimaError(
      'bad-request',
      `histogram ${tag}: ${edges.length} edges and ${counts.length} counts; there must be one edge more`,
    )
  }
  if (!Number.isSafeInteger(step))
    throw new MinimaError('bad-request', `histogram ${tag}: step ${step} is not an integer`)
  if (!Number.isFinite(wallTime)) {
    throw new MinimaError('bad-request', `histogram ${tag}: wall time ${wallTime} is not finite`)
  }
}
