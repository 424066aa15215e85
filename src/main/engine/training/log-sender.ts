/**
 * Collects what a training logs and hands it over in batches, so that a log call costs a push and the step never waits.
 * Points of a tag keep their order; everything logged before a flush is in it.
 */
import type { HistogramRecord, LogRecord } from '../../../contract/log-record.ts'

/** Ten times a second: each flush costs the engine a transaction, and a point waits no longer than the eye notices. */
const FLUSH_MS = 100

interface Column {
  steps: number[]
  wallTimes: number[]
  values: number[]
}

export interface LogSender {
  /** `wallTime` in seconds since the Unix epoch. */
  scalar(tag: string, step: number, value: number, wallTime: number): void
  histogram(record: HistogramRecord): void
  /** Sends when the last flush is FLUSH_MS ago; a loop that holds the event loop calls it between steps. */
  flushIfDue(): void
  flush(): void
  close(): void
}

/** Where nobody looks at what is logged. */
export const SILENT_LOG: LogSender = {
  scalar: () => undefined,
  histogram: () => undefined,
  flush: () => undefined,
  flushIfDue: () => undefined,
  close: () => undefined,
}

export function createLogSender(
  send: (records: LogRecord[]) => void,
  now: () => number = performance.now.bind(performance),
): LogSender {
  let columns = new Map<string, Column>()
  let histograms: HistogramRecord[] = []
  let flushedAt = now()

  const flush = (): void => {
    flushedAt = now()
    if (columns.size === 0 && histograms.length === 0) return
    const records: LogRecord[] = [...histograms]
    for (const [tag, column] of columns) {
      records.push({
        kind: 'scalars',
        tag,
        steps: Float64Array.from(column.steps),
        wallTimes: Float64Array.from(column.wallTimes),
        values: Float64Array.from(column.values),
      })
    }
    columns = new Map()
    histograms = []
    send(records)
  }
  const flushIfDue = (): void => {
    if (now() - flushedAt >= FLUSH_MS) flush()
  }
  const timer = setInterval(flushIfDue, FLUSH_MS / 2)
  timer.unref()

  return {
    scalar(tag, step, value, wallTime) {
      let column = columns.get(tag)
      if (!column) columns.set(tag, (column = { steps: [], wallTimes: [], values: [] }))
      column.steps.push(step)
      column.wallTimes.push(wallTime)
      column.values.push(value)
    },
    histogram(record) {
      histograms.push(record)
    },
    flushIfDue,
    flush,
    close() {
      clearInterval(timer)
      flush()
    },
  }
}
