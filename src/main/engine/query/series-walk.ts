/** Goes through the visible points of a series in the order of x. */
import { joinPoints, type PointColumns } from '../store/points.ts'
import type { ScalarReader } from '../store/scalar-reader.ts'
import { walkSegment, type Visitor } from '../store/walk-segment.ts'
import type { XScale } from './x-scale.ts'

export interface SeriesWalk {
  walk(visitor: Visitor): void
  /** How many points come before that one in the order in which they were logged, by its place in the walk. */
  toPosition(place: number): number
}

/** For an x that ascends along the series: summaries are offered, and few points are read. */
export function walkInOrder(reader: ScalarReader, runId: string, tag: string): SeriesWalk {
  const segments = reader.listSegments(runId, tag)
  return {
    walk(visitor) {
      for (const segment of segments) walkSegment(reader, segment, visitor)
    },
    toPosition: (place) => place,
  }
}

/** For an x that goes back somewhere: all points are read and put in order; those of equal x stay as they were logged. */
export function walkSorted(inOrder: SeriesWalk, { column, toX }: XScale): SeriesWalk {
  const parts: PointColumns[] = []
  inOrder.walk({ accepts: () => false, points: (points) => parts.push(points) })
  const logged = joinPoints(parts)
  const x = logged[column].map(toX)
  const order = Uint32Array.from(x.keys()).sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b)
  const pick = (numbers: Float64Array): Float64Array => Float64Array.from(order, (index) => numbers[index] ?? NaN)
  const sorted = { steps: pick(logged.steps), wallTimes: pick(logged.wallTimes), values: pick(logged.values) }
  return {
    walk: (visitor) => visitor.points(sorted),
    toPosition: (place) => order[place] ?? -1,
  }
}
