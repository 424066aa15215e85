/** Appends points to one segment: to its tail, from a full tail to a chunk, from full rows of chunks to the pyramid. */
import type { WorkspaceDatabase } from './database.ts'
import { encodeColumn } from './column-codec.ts'
import { joinPoints, packPoints, slicePoints, unpackPoints, type PointColumns } from './points.ts'
import { combine, packSummary, summarize, unpackSummary } from './summary.ts'

/** What must be known of a segment to append to it. */
export interface OpenSegment {
  readonly segmentId: number
  chunkCount: number
  /** Points in chunks. */
  sealedCount: number
  /** Points in the tail. */
  tailCount: number
}

/** How series are cut; a workspace is read and written with one and the same fan-out. */
export interface SeriesShape {
  /** Points at which a tail is sealed. */
  readonly chunkPoints: number
  /** Chunks, or nodes, that a node of the pyramid stands for. */
  readonly fanOut: number
}

export interface SegmentWriter {
  /** Steps must not go back, neither within `points` nor from what is there. */
  append(segment: OpenSegment, points: PointColumns): void
  /** Makes a chunk of the tail though it is not full: nothing more is expected. */
  seal(segment: OpenSegment): void
}

/** At most so many points share a row of the tail, which so stays on its page. */
const TAIL_ROW_POINTS = 40

/** To be called within a transaction. */
export function createSegmentWriter({ sqlite }: WorkspaceDatabase, shape: SeriesShape): SegmentWriter {
  const insertTail = sqlite.prepare<[number, number, Uint8Array]>('INSERT INTO tail VALUES (?, ?, ?)')
  const selectTail = sqlite
    .prepare<[number], Uint8Array>('SELECT points FROM tail WHERE segment_id = ? ORDER BY first_index')
    .pluck()
  const deleteTail = sqlite.prepare<[number]>('DELETE FROM tail WHERE segment_id = ?')
  const insertChunk = sqlite.prepare<[number, number, number, Uint8Array, Uint8Array, Uint8Array, Uint8Array]>(
    'INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const updateSegment = sqlite.prepare<[number, number, number]>(
    'UPDATE segments SET chunk_count = ?, sealed_count = ? WHERE segment_id = ?',
  )
  const chunkSummaries = sqlite
    .prepare<[number, number, number], Uint8Array>(
      'SELECT summary FROM chunks WHERE segment_id = ? AND chunk_index >= ? AND chunk_index < ? ORDER BY chunk_index',
    )
    .pluck()
  const nodeSummaries = sqlite
    .prepare<[number, number, number, number], Uint8Array>(
      `SELECT summary FROM nodes
       WHERE segment_id = ? AND level = ? AND node_index >= ? AND node_index < ? ORDER BY node_index`,
    )
    .pluck()
  const insertNode = sqlite.prepare<[number, number, number, Uint8Array, Uint8Array]>(
    'INSERT INTO nodes VALUES (?, ?, ?, ?, ?)',
  )

  const addToTail = (segment: OpenSegment, points: PointColumns): void => {
    for (let from = 0; from < points.steps.length; from += TAIL_ROW_POINTS) {
      const row = slicePoints(points, from, from + TAIL_ROW_POINTS)
      insertTail.run(segment.segmentId, segment.sealedCount + segment.tailCount, packPoints(row))
      segment.tailCount += row.steps.length
    }
  }

  const takeTail = (segment: OpenSegment): PointColumns[] => {
    if (segment.tailCount === 0) return []
    const rows = selectTail.all(segment.segmentId).map(unpackPoints)
    deleteTail.run(segment.segmentId)
    segment.tailCount = 0
    return rows
  }

  const addChunk = (segment: OpenSegment, points: PointColumns): void => {
    insertChunk.run(
      segment.segmentId,
      segment.chunkCount,
      segment.sealedCount,
      packSummary(summarize(points, 0, points.steps.length)),
      encodeColumn(points.steps),
      encodeColumn(points.values),
      encodeColumn(points.wallTimes),
    )
    segment.chunkCount += 1
    segment.sealedCount += points.steps.length
    updateSegment.run(segment.chunkCount, segment.sealedCount, segment.segmentId)
    addNodes(segment)
  }

  /** Writes each node of which the newest chunk is the last. */
  const addNodes = ({ segmentId, chunkCount }: OpenSegment): void => {
    const { fanOut } = shape
    for (let [level, below] = [1, chunkCount]; below % fanOut === 0; level++, below /= fanOut) {
      const packed =
        level === 1
          ? chunkSummaries.all(segmentId, below - fanOut, below)
          : nodeSummaries.all(segmentId, level - 1, below - fanOut, below)
      const summary = packed.map(unpackSummary).reduce(combine)
      insertNode.run(segmentId, level, below / fanOut - 1, packSummary(summary), Buffer.concat(packed))
    }
  }

  return {
    append(segment, points) {
      const { length } = points.steps
      let from = 0
      while (segment.tailCount + length - from >= shape.chunkPoints) {
        const to = from + Math.max(0, shape.chunkPoints - segment.tailCount)
        addChunk(segment, joinPoints([...takeTail(segment), slicePoints(points, from, to)]))
        from = to
      }
      addToTail(segment, slicePoints(points, from, length))
    },
    seal(segment) {
      const rows = takeTail(segment)
      if (rows.length > 0) addChunk(segment, joinPoints(rows))
    },
  }
}
