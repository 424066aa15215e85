/** The runs of a workspace: everything of them but their points. */
import type { ErrorRecord } from '../../../contract/errors.ts'
import type { RunDetail, RunRecord } from '../../../contract/run.ts'
import { MinimaError } from '../../../contract/errors.ts'
import type { RunId, RunState } from '../../../contract/terms.ts'
import type { WorkspaceDatabase } from './database.ts'
import { bestOf } from './series-summary.ts'
import { unpackSummary } from './summary.ts'

/** What is written of a run; `best` follows from the series that `headlineTag` names. */
export type RunFields = Omit<RunDetail, 'runId' | 'best'> & { readonly headlineTag: string | null }
export type NewRun = Pick<RunDetail, 'runId' | 'name' | 'state' | 'createdAt'> & Partial<RunFields>
export type RunPatch = Partial<RunFields>

/** What maps the points of a run to the x of a chart. */
export type RunTimeline = Pick<RunRecord, 'startedAt' | 'stepsPerEpoch'>

export interface Runs {
  insert(run: NewRun): void
  /** @throws MinimaError `not-found`. */
  update(runId: string, patch: RunPatch): void
  /** Newest first. */
  list(): RunRecord[]
  get(runId: string): RunDetail | undefined
  /** The row that `list` has of it, which is cheaper than the whole. */
  getRecord(runId: string): RunRecord | undefined
  getTimeline(runId: string): RunTimeline | undefined
  /** Queued and running runs become crashed, ended at their last point: their process is gone. @returns which. */
  markCrashed(reason: string): RunId[]
}

type Table = 'runs' | 'run_details'
type StoredField = Exclude<keyof RunFields, 'progress'>

/** Where each field is kept. Progress is in memory only: it is told many times a second, of a process that lives. */
const COLUMNS: Readonly<Record<StoredField, readonly [table: Table, column: string, form: 'plain' | 'json']>> = {
  name: ['runs', 'name', 'plain'],
  experiment: ['runs', 'experiment', 'plain'],
  state: ['runs', 'state', 'plain'],
  createdAt: ['runs', 'created_at', 'plain'],
  startedAt: ['runs', 'started_at', 'plain'],
  endedAt: ['runs', 'ended_at', 'plain'],
  hparams: ['runs', 'hparams', 'json'],
  headlineTag: ['runs', 'headline_tag', 'plain'],
  stepsPerEpoch: ['runs', 'steps_per_epoch', 'plain'],
  backend: ['runs', 'backend', 'plain'],
  error: ['runs', 'error', 'json'],
  sourceText: ['run_details', 'source_text', 'plain'],
  sourcePath: ['run_details', 'source_path', 'plain'],
  config: ['run_details', 'config', 'json'],
  environment: ['run_details', 'environment', 'json'],
  model: ['run_details', 'model', 'json'],
  rows: ['run_details', 'rows', 'json'],
  metrics: ['run_details', 'metrics', 'json'],
  notices: ['run_details', 'notices', 'json'],
  weightsDir: ['run_details', 'weights_dir', 'plain'],
}

type Cell = string | number | null

interface RunRow {
  run_id: string
  name: string
  experiment: string | null
  state: string
  created_at: number
  started_at: number | null
  ended_at: number | null
  hparams: string
  headline_tag: string | null
  steps_per_epoch: number | null
  backend: string | null
  error: string | null
  /** Of the series that the headline names. */
  summary: Uint8Array | null
}

interface DetailRow extends RunRow {
  source_text: string | null
  source_path: string | null
  config: string | null
  environment: string | null
  model: string | null
  rows: string | null
  metrics: string
  notices: string
  weights_dir: string | null
}

const JOIN_HEADLINE = 'LEFT JOIN series ON series.run_id = runs.run_id AND series.tag = runs.headline_tag'

export function createRuns({ sqlite, read, write }: WorkspaceDatabase, now: () => number): Runs {
  const insertRun = sqlite.prepare<[string, string, string, number]>(
    `INSERT INTO runs (run_id, name, state, created_at, hparams) VALUES (?, ?, ?, ?, '{}')`,
  )
  const insertDetail = sqlite.prepare<[string]>(
    `INSERT INTO run_details (run_id, metrics, notices) VALUES (?, '{}', '[]')`,
  )
  const selectAll = sqlite.prepare<[], RunRow>(
    `SELECT runs.*, summary FROM runs ${JOIN_HEADLINE} ORDER BY created_at DESC, runs.run_id`,
  )
  const selectRecord = sqlite.prepare<[string], RunRow>(
    `SELECT runs.*, summary FROM runs ${JOIN_HEADLINE} WHERE runs.run_id = ?`,
  )
  const selectDetail = sqlite.prepare<[string], DetailRow>(
    `SELECT runs.*, run_details.*, summary FROM runs JOIN run_details USING (run_id) ${JOIN_HEADLINE}
     WHERE runs.run_id = ?`,
  )
  const selectTimeline = sqlite.prepare<[string], RunTimeline>(
    'SELECT started_at AS startedAt, steps_per_epoch AS stepsPerEpoch FROM runs WHERE run_id = ?',
  )
  const selectLive = sqlite
    .prepare<[], RunId>(`SELECT run_id FROM runs WHERE state IN ('queued', 'running') ORDER BY created_at, run_id`)
    .pluck()
  const progressOf = new Map<string, RunRecord['progress']>()
  const selectSummaries = sqlite.prepare<[string], Uint8Array>('SELECT summary FROM series WHERE run_id = ?').pluck()

  const updateTable = (table: Table, runId: string, patch: RunPatch): void => {
    const names = (Object.keys(COLUMNS) as StoredField[]).filter(
      (name) => COLUMNS[name][0] === table && patch[name] !== undefined,
    )
    if (names.length === 0) return
    const assignments = names.map((name) => `${COLUMNS[name][1]} = ?`).join(', ')
    const cells = names.map((name) => toCell(name, patch[name]))
    sqlite.prepare<Cell[]>(`UPDATE ${table} SET ${assignments} WHERE run_id = ?`).run(...cells, runId)
  }

  const update = (runId: string, patch: RunPatch): void => {
    if (!selectTimeline.get(runId)) throw new MinimaError('not-found', `there is no run ${runId}`)
    updateTable('runs', runId, patch)
    updateTable('run_details', runId, patch)
    if (patch.progress) progressOf.set(runId, patch.progress)
    else if (patch.progress === null) progressOf.delete(runId)
  }
  const toRecord = (row: RunRow): RunRecord => recordOf(row, progressOf.get(row.run_id) ?? null)
  const toDetail = (row: DetailRow): RunDetail => detailOf(row, toRecord(row))

  const lastWallTime = (runId: string): number | undefined => {
    const times = selectSummaries.all(runId).map((summary) => unpackSummary(summary).lastWallTime)
    return times.length > 0 ? Math.max(...times) : undefined
  }

  return {
    insert: (run) =>
      write(() => {
        insertRun.run(run.runId, run.name, run.state, run.createdAt)
        insertDetail.run(run.runId)
        update(run.runId, run)
      }),
    update: (runId, patch) => {
      const kept = Object.keys(patch).some((name) => name !== 'progress')
      if (kept) write(() => update(runId, patch))
      else update(runId, patch)
    },
    list: () => read(() => selectAll.all()).map(toRecord),
    get(runId) {
      const row = read(() => selectDetail.get(runId))
      return row && toDetail(row)
    },
    getRecord(runId) {
      const row = read(() => selectRecord.get(runId))
      return row && toRecord(row)
    },
    getTimeline: (runId) => read(() => selectTimeline.get(runId)),
    markCrashed: (reason) =>
      write(() => {
        const error: ErrorRecord = { code: 'trainer-died', message: reason }
        const runIds = selectLive.all()
        for (const runId of runIds) {
          update(runId, { state: 'crashed', endedAt: lastWallTime(runId) ?? now(), progress: null, error })
        }
        return runIds
      }),
  }
}

function toCell(name: StoredField, value: unknown): Cell {
  if (COLUMNS[name][2] === 'plain') return value as Cell
  const json = name === 'metrics' ? finiteOnly(value as RunFields['metrics']) : value
  return json === null ? null : JSON.stringify(json)
}

/** A final figure that is NaN or infinite has no place in JSON; the series still shows it. */
function finiteOnly(metrics: RunFields['metrics']): RunFields['metrics'] {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)))
}

function fromJson<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T)
}

function recordOf(row: RunRow, progress: RunRecord['progress']): RunRecord {
  const { headline_tag: tag, summary } = row
  return {
    runId: row.run_id as RunId,
    name: row.name,
    experiment: row.experiment,
    state: row.state as RunState,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    hparams: JSON.parse(row.hparams) as RunRecord['hparams'],
    best: tag !== null && summary ? bestOf(tag, unpackSummary(summary)) : null,
    progress,
    stepsPerEpoch: row.steps_per_epoch,
    backend: row.backend,
    error: fromJson(row.error),
  }
}

function detailOf(row: DetailRow, record: RunRecord): RunDetail {
  return {
    ...record,
    sourceText: row.source_text,
    sourcePath: row.source_path,
    config: fromJson(row.config),
    environment: fromJson(row.environment),
    model: fromJson(row.model),
    rows: fromJson(row.rows),
    metrics: JSON.parse(row.metrics) as RunDetail['metrics'],
    notices: JSON.parse(row.notices) as RunDetail['notices'],
    weightsDir: row.weights_dir,
  }
}
