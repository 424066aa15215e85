/** The one way in: takes the records of a run, whoever made them, and keeps each batch whole or not at all. */
import type { LogRecord } from '../../../contract/log-record.ts'
import type { WorkspaceDatabase } from './database.ts'
import type { Histograms } from './histograms.ts'
import type { SeriesWriter } from './series-writer.ts'

export interface RunWriter {
  /**
   * Stores the records in one transaction; when it returns they survive the death of the process.
   *
   * @param alongside what else is written in that transaction
   * @returns the tags of the series that grew, each once.
   * @throws MinimaError `bad-request` for a record that breaks its contract, `workspace-unusable` when the disk fails or
   *   is full; then nothing of the batch was stored, and the writer can be used on.
   */
  append(records: readonly LogRecord[], alongside?: () => void): string[]
  /** Hides what was logged after `step`: a run that is resumed repeats it. */
  rewind(step: number): void
  /** Packs what was appended more tightly, for a run that has ended. Appending stays possible. */
  seal(): void
}

export function createRunWriter(
  database: WorkspaceDatabase,
  runId: string,
  series: SeriesWriter,
  histograms: Histograms,
): RunWriter {
  const transact = (action: () => void): void => {
    try {
      database.write(() => {
        action()
        series.flush()
      })
    } catch (error) {
      series.reset()
      throw error
    }
  }
  return {
    append(records, alongside) {
      const tags = new Set<string>()
      transact(() => {
        for (const record of records) {
          if (record.kind === 'histogram') {
            histograms.append(runId, record)
          } else {
            series.append(record.tag, record)
            if (record.steps.length > 0) tags.add(record.tag)
          }
        }
        alongside?.()
      })
      return [...tags]
    },
    rewind(step) {
      transact(() => {
        series.rewind(step)
        histograms.rewind(runId, step)
      })
    },
    seal() {
      transact(() => series.seal())
      series.reset()
    },
  }
}
