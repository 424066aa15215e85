/** From the steps and wall times of points to the x of a chart. */
import { MinimaError } from '../../../contract/errors.ts'
import type { XAxis } from '../../../contract/scalars.ts'
import type { PointColumns } from '../store/points.ts'
import type { RunTimeline } from '../store/runs.ts'
import type { Summary } from '../store/summary.ts'

/** All mappings ascend, rounding included: what lies between two points lies between their x. */
export interface XScale {
  readonly column: 'steps' | 'wallTimes'
  toX(stepOrWallTime: number): number
}

/** `series` sums up all visible points. @throws MinimaError `bad-request` for epochs of a run that has none. */
export function xScaleOf(
  axis: XAxis,
  { startedAt, stepsPerEpoch }: RunTimeline,
  series: Summary,
  runId: string,
): XScale {
  switch (axis) {
    case 'step':
      return { column: 'steps', toX: (step) => step }
    case 'wall':
      return { column: 'wallTimes', toX: (wallTime) => wallTime }
    case 'relative': {
      const origin = startedAt ?? series.firstWallTime
      return { column: 'wallTimes', toX: (wallTime) => wallTime - origin }
    }
    case 'epoch':
      if (stepsPerEpoch === null || !(stepsPerEpoch > 0)) {
        throw new MinimaError(
          'bad-request',
          `run ${runId} cannot be drawn over epochs: it is not known how many steps its epochs have; take another x axis`,
        )
      }
      return { column: 'steps', toX: (step) => step / stepsPerEpoch }
  }
}

/** Whether x ascends along the series. Steps do, but a clock can be set back. */
export function isOrdered({ column }: XScale, series: Summary): boolean {
  return column === 'steps' || series.wallOrdered
}

/** Least and greatest x of points that are summed up. */
export function xRangeOf({ column, toX }: XScale, summary: Summary): [number, number] {
  return column === 'steps'
    ? [toX(summary.firstStep), toX(summary.lastStep)]
    : [toX(summary.minWallTime), toX(summary.maxWallTime)]
}

/** x of the point at an index; a column that is not needed is not decoded. */
export function xOf({ column, toX }: XScale, points: PointColumns): (index: number) => number {
  const numbers = points[column]
  return (index) => toX(numbers[index] ?? NaN)
}
