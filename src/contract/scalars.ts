/** The question a chart asks, and its answer. */
import { z } from 'zod'
import { decodeColumns, encodeColumns } from './columns.ts'
import { runId } from './terms.ts'

/** relative: seconds since the run's first point of that series' run started; wall: seconds since the Unix epoch. */
export const xAxis = z.enum(['step', 'epoch', 'relative', 'wall'])
export type XAxis = z.infer<typeof xAxis>

export const scalarQuery = z.object({
  series: z.array(z.object({ runId, tag: z.string() })).max(5000),
  x: xAxis.default('step'),
  /** Closed interval of x; null asks for everything. One neighbour on each side is added so that lines reach the edge. */
  range: z.tuple([z.number(), z.number()]).nullable().default(null),
  /** Pixel columns; a series with no more points than this in range comes raw. */
  columns: z.int().min(1).max(16_384),
  /** Weight of the past in [0, 1): 0 is off. Debiased exponential moving average over all raw points. */
  smoothing: z.number().min(0).lt(1).default(0),
})
export type ScalarQuery = z.infer<typeof scalarQuery>
export type ScalarQueryInput = z.input<typeof scalarQuery>

/**
 * One series, all columns of equal length, x ascending. Raw: a row is a point and min = max = first = last. Else a row
 * is a non-empty pixel column, x is the x of its last point, min and max are exact over its finite values (NaN when it
 * has none), first and last are its values in order. `smoothed` is the average after the row's last point; it has no
 * elements when smoothing is off.
 */
export interface ScalarEnvelope {
  readonly runId: string
  readonly tag: string
  readonly raw: boolean
  /** Points in range that are not superseded. */
  readonly count: number
  /** Steps of points in range that are NaN or infinite, at most 100 of them, ascending. */
  readonly nonFiniteSteps: readonly number[]
  readonly x: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly first: Float64Array
  readonly last: Float64Array
  readonly smoothed: Float64Array
}

const COLUMNS = ['x', 'min', 'max', 'first', 'last', 'smoothed'] as const

type EnvelopeMeta = Pick<ScalarEnvelope, 'runId' | 'tag' | 'raw' | 'count' | 'nonFiniteSteps'>

export function encodeEnvelopes(envelopes: readonly ScalarEnvelope[]): Uint8Array {
  return encodeColumns({
    meta: envelopes.map(({ runId, tag, raw, count, nonFiniteSteps }) => ({ runId, tag, raw, count, nonFiniteSteps })),
    columns: envelopes.flatMap((envelope) => COLUMNS.map((name) => envelope[name])),
  })
}

export function decodeEnvelopes(buffer: ArrayBuffer): ScalarEnvelope[] {
  const { meta, columns } = decodeColumns(buffer)
  return (meta as EnvelopeMeta[]).map((head, index) => {
    const column = (name: (typeof COLUMNS)[number]): Float64Array =>
      columns[index * COLUMNS.length + COLUMNS.indexOf(name)] ?? new Float64Array()
    return {
      ...head,
      x: column('x'),
      min: column('min'),
      max: column('max'),
      first: column('first'),
      last: column('last'),
      smoothed: column('smoothed'),
    }
  })
}
