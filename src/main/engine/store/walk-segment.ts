/** Goes through the visible points of a segment in order, as summaries where they will do. */
import { lowerBound, slicePoints, type PointColumns } from './points.ts'
import type { Node, ScalarReader, Segment } from './scalar-reader.ts'
import { EMPTY_SUMMARY, combine, summarize, type Summary } from './summary.ts'

export interface Visitor {
  /** Whether the summary is all that is wanted of its points; if not, they come in smaller parts. */
  accepts(summary: Summary): boolean
  points(points: PointColumns): void
}

/** A part that supersession cuts is never offered as a summary: its visible points are counted one by one. */
export function walkSegment(reader: ScalarReader, segment: Segment, visitor: Visitor): void {
  const { supersededFrom } = segment
  const visit = (node: Node): void => {
    if (node.summary.firstStep >= supersededFrom) return
    if (node.summary.lastStep < supersededFrom && visitor.accepts(node.summary)) return
    if (node.level > 0) reader.readChildren(node).forEach(visit)
    else visitPoints(reader.openChunk(node), node.summary.lastStep)
  }
  const visitPoints = (points: PointColumns, lastStep: number): void => {
    if (lastStep < supersededFrom) return visitor.points(points)
    const visible = lowerBound(points.steps, supersededFrom)
    if (visible > 0) visitor.points(slicePoints(points, 0, visible))
  }
  reader.readRoots(segment).forEach(visit)
  const tail = reader.readTail(segment.segmentId)
  if (tail.steps.length > 0) visitPoints(tail, tail.steps.at(-1) ?? NaN)
}

/** Sums up the visible points of a segment. */
export function summarizeSegment(reader: ScalarReader, segment: Segment): Summary {
  let total = EMPTY_SUMMARY
  walkSegment(reader, segment, {
    accepts(summary) {
      total = combine(total, summary)
      return true
    },
    points(points) {
      total = combine(total, summarize(points, 0, points.steps.length))
    },
  })
  return total
}
