/** All points of a series at once, for export, `inspect` and tests. */
import { joinPoints, type PointColumns } from './points.ts'
import type { Store } from './store.ts'
import { walkSegment } from './walk-segment.ts'

/** In the order in which they were logged; none when there is no such series. */
export function readPoints(
  { scalars }: Pick<Store, 'scalars'>,
  runId: string,
  tag: string,
  { includeSuperseded = false }: { readonly includeSuperseded?: boolean } = {},
): PointColumns {
  const parts: PointColumns[] = []
  const segments = includeSuperseded ? scalars.listWholeSegments(runId, tag) : scalars.listSegments(runId, tag)
  for (const segment of segments) {
    walkSegment(scalars, segment, { accepts: () => false, points: (points) => parts.push(points) })
  }
  return joinPoints(parts)
}
