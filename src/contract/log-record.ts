/**
 * What every source of data says: trainer, importer, watcher and SDK speak these records, the store understands nothing
 * else. Number columns are typed arrays of equal length; a record is never changed after it was handed over.
 */

/** Points of one series in the order they were logged. */
export interface ScalarsRecord {
  readonly kind: 'scalars'
  readonly tag: string
  /** Non-negative integers. */
  readonly steps: Float64Array
  /** Seconds since the Unix epoch, finite. */
  readonly wallTimes: Float64Array
  /** Any float64, NaN and infinities included. */
  readonly values: Float64Array
}

/** Buckets [edges[i], edges[i + 1]) with counts[i] elements; the last bucket includes its right edge. */
export interface HistogramRecord {
  readonly kind: 'histogram'
  readonly tag: string
  readonly step: number
  readonly wallTime: number
  /** counts.length + 1 ascending numbers. */
  readonly edges: Float64Array
  readonly counts: Float64Array
  /** Elements that are NaN or infinite, in no bucket. */
  readonly nonFinite: number
}

export type LogRecord = ScalarsRecord | HistogramRecord
