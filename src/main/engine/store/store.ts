/** A workspace as the rest of the engine sees it: runs, their points, and what the page remembers. All synchronous. */
import type { HistogramRecord } from '../../../contract/log-record.ts'
import type { HistogramSummary, SeriesSummary } from '../../../contract/run.ts'
import { MinimaError } from '../../../contract/errors.ts'
import { openDatabase } from './database.ts'
import { createHistograms } from './histograms.ts'
import { createJournals, type Journals } from './journals.ts'
import { createRunWriter, type RunWriter } from './run-writer.ts'
import { createRuns, type Runs } from './runs.ts'
import { createScalarReader, type ScalarReader } from './scalar-reader.ts'
import type { SeriesShape } from './segment-writer.ts'
import { toSeriesSummary } from './series-summary.ts'
import { createSeriesWriters } from './series-writer.ts'
import { createSettings, type Settings } from './settings.ts'
import { unpackSummary } from './summary.ts'

export interface Store {
  readonly runs: Runs
  readonly settings: Settings
  readonly journals: Journals
  readonly scalars: ScalarReader
  /** The one writer of that run. @throws MinimaError `not-found`. */
  writer(runId: string): RunWriter
  /** By tag; those of which all points are hidden are left out. */
  listSeries(runId: string): SeriesSummary[]
  /** By tag. */
  listHistograms(runId: string): HistogramSummary[]
  /** By step; superseded ones are left out. */
  readHistograms(runId: string, tag: string): HistogramRecord[]
  close(): void
}

export interface StoreOptions extends Partial<SeriesShape> {
  /** Seconds since the Unix epoch. */
  readonly now?: () => number
}

/**
 * 4,096 points make a chunk of some 16 to 40 kB; 64 summaries fill a row of 9 kB. The fan-out belongs to the format: a
 * workspace must be opened with the one it was written with. Chunks may be of any size.
 */
const DEFAULT_SHAPE: SeriesShape = { chunkPoints: 4096, fanOut: 64 }

/**
 * Opens the workspace, and makes it where there is none. One process at a time may: that is for the caller to see to.
 *
 * @throws MinimaError `workspace-unusable`, `workspace-newer`.
 */
export function openStore(workspaceDir: string, options: StoreOptions = {}): Store {
  const { now = () => Date.now() / 1000, ...shape } = options
  const database = openDatabase(workspaceDir)
  const fullShape = { ...DEFAULT_SHAPE, ...shape }
  const runs = createRuns(database, now)
  const histograms = createHistograms(database)
  const scalars = createScalarReader(database, fullShape.fanOut)
  const seriesWriterOf = createSeriesWriters(database, scalars, fullShape)
  const writers = new Map<string, RunWriter>()
  const selectSeries = database.sqlite.prepare<[string], { tag: string; summary: Uint8Array }>(
    'SELECT tag, summary FROM series WHERE run_id = ? ORDER BY tag',
  )
  return {
    runs,
    settings: createSettings(database),
    journals: createJournals(database),
    scalars,
    writer(runId) {
      if (!runs.getTimeline(runId)) throw new MinimaError('not-found', `there is no run ${runId}`)
      const writer = writers.get(runId) ?? createRunWriter(database, runId, seriesWriterOf(runId), histograms)
      writers.set(runId, writer)
      return writer
    },
    listSeries: (runId) =>
      database
        .read(() => selectSeries.all(runId))
        .map(({ tag, summary }) => ({ tag, summary: unpackSummary(summary) }))
        .filter(({ summary }) => summary.count > 0)
        .map(({ tag, summary }) => toSeriesSummary(tag, summary)),
    listHistograms: (runId) => histograms.list(runId),
    readHistograms: (runId, tag) => histograms.read(runId, tag),
    close: () => database.close(),
  }
}
