/** Reads series as they are stored: segments, the pyramid over their chunks, and points. Knows nothing of charts. */
import type { WorkspaceDatabase } from './database.ts'
import { decodeColumn } from './column-codec.ts'
import { joinPoints, unpackPoints, type PointColumns } from './points.ts'
import { unpackSummaries, unpackSummary, type Summary } from './summary.ts'

/** Points of a series whose steps never go back. Those with a step >= `supersededFrom` (Infinity: none) are superseded. */
export interface Segment {
  readonly segmentId: number
  readonly supersededFrom: number
  readonly chunkCount: number
}

/** A node of the pyramid; at level 0 it is a chunk. */
export interface Node {
  readonly segmentId: number
  readonly level: number
  readonly index: number
  readonly summary: Summary
}

export interface ScalarReader {
  /** Of all points that are not superseded; undefined when there is no such series. */
  readSummary(runId: string, tag: string): Summary | undefined
  /** Segments in the order in which they were logged, without those that are superseded from their first point on. */
  listSegments(runId: string, tag: string): Segment[]
  /** All of them, as though nothing was superseded. */
  listWholeSegments(runId: string, tag: string): Segment[]
  /** As few nodes as cover all chunks of a segment, in order. */
  readRoots(segment: Pick<Segment, 'segmentId' | 'chunkCount'>): Node[]
  readChildren(node: Node): Node[]
  /** The points of a chunk; each column is read and decoded when it is first asked for. */
  openChunk(chunk: Node): PointColumns
  /** The points after the last chunk. */
  readTail(segmentId: number): PointColumns
}

interface SegmentRow {
  segment_id: number
  superseded_from: number | null
  chunk_count: number
}

const SEGMENTS = `
  SELECT segment_id, superseded_from, chunk_count FROM segments JOIN series USING (series_id)
  WHERE run_id = ? AND tag = ?`

export function createScalarReader({ sqlite, read }: WorkspaceDatabase, fanOut: number): ScalarReader {
  const summaryOf = sqlite
    .prepare<[string, string], Uint8Array>('SELECT summary FROM series WHERE run_id = ? AND tag = ?')
    .pluck()
  const visible = sqlite.prepare<[string, string], SegmentRow>(
    `${SEGMENTS} AND (superseded_from IS NULL OR superseded_from > first_step) ORDER BY segment_id`,
  )
  const whole = sqlite.prepare<[string, string], SegmentRow>(`${SEGMENTS} ORDER BY segment_id`)
  const looseChunks = sqlite.prepare<[number, number], { index: number; summary: Uint8Array }>(
    'SELECT chunk_index AS "index", summary FROM chunks WHERE segment_id = ? AND chunk_index >= ? ORDER BY chunk_index',
  )
  const looseNodes = sqlite.prepare<[number, number, number], { index: number; summary: Uint8Array }>(
    `SELECT node_index AS "index", summary FROM nodes
     WHERE segment_id = ? AND level = ? AND node_index >= ? ORDER BY node_index`,
  )
  const children = sqlite
    .prepare<[number, number, number], Uint8Array>(
      'SELECT children FROM nodes WHERE segment_id = ? AND level = ? AND node_index = ?',
    )
    .pluck()
  const tail = sqlite
    .prepare<[number], Uint8Array>('SELECT points FROM tail WHERE segment_id = ? ORDER BY first_index')
    .pluck()
  const column = (name: string): ((chunk: Node) => Float64Array) => {
    const select = sqlite
      .prepare<[number, number], Uint8Array>(`SELECT ${name} FROM chunks WHERE segment_id = ? AND chunk_index = ?`)
      .pluck()
    return (chunk) => decodeColumn(read(() => select.get(chunk.segmentId, chunk.index)) ?? new Uint8Array())
  }
  const chunkColumns = { steps: column('steps'), wallTimes: column('wall_times'), values: column('"values"') }

  return {
    readSummary(runId, tag) {
      const packed = read(() => summaryOf.get(runId, tag))
      return packed && unpackSummary(packed)
    },

    listSegments: (runId, tag) => read(() => visible.all(runId, tag)).map(toSegment),

    listWholeSegments: (runId, tag) =>
      read(() => whole.all(runId, tag)).map((row) => toSegment({ ...row, superseded_from: null })),

    readRoots({ segmentId, chunkCount }) {
      const roots: Node[] = []
      let covered = 0
      for (let level = topLevel(chunkCount, fanOut); level >= 0; level--) {
        const from = covered / fanOut ** level
        const rows = read(() =>
          level === 0 ? looseChunks.all(segmentId, from) : looseNodes.all(segmentId, level, from),
        )
        for (const { index, summary } of rows) roots.push({ segmentId, level, index, summary: unpackSummary(summary) })
        covered += rows.length * fanOut ** level
      }
      return roots
    },

    readChildren({ segmentId, level, index }) {
      const packed = read(() => children.get(segmentId, level, index)) ?? new Uint8Array()
      return unpackSummaries(packed).map((summary, child) => ({
        segmentId,
        level: level - 1,
        index: index * fanOut + child,
        summary,
      }))
    },

    openChunk: (chunk) => new LazyColumns(chunk, chunkColumns),

    readTail: (segmentId) => joinPoints(read(() => tail.all(segmentId)).map(unpackPoints)),
  }
}

/** Highest level of which `chunkCount` chunks fill a node. */
function topLevel(chunkCount: number, fanOut: number): number {
  let level = 0
  while (fanOut ** (level + 1) <= chunkCount) level++
  return level
}

function toSegment(row: SegmentRow): Segment {
  return {
    segmentId: row.segment_id,
    supersededFrom: row.superseded_from ?? Infinity,
    chunkCount: row.chunk_count,
  }
}

type ColumnReaders = Readonly<Record<keyof PointColumns, (chunk: Node) => Float64Array>>

class LazyColumns implements PointColumns {
  readonly #chunk: Node
  readonly #readers: ColumnReaders
  readonly #decoded: Partial<Record<keyof PointColumns, Float64Array>> = {}

  constructor(chunk: Node, readers: ColumnReaders) {
    this.#chunk = chunk
    this.#readers = readers
  }

  get steps(): Float64Array {
    return (this.#decoded.steps ??= this.#readers.steps(this.#chunk))
  }

  get wallTimes(): Float64Array {
    return (this.#decoded.wallTimes ??= this.#readers.wallTimes(this.#chunk))
  }

  get values(): Float64Array {
    return (this.#decoded.values ??= this.#readers.values(this.#chunk))
  }
}
