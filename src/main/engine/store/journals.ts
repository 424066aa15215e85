/** How many bytes of each run's journal are stored already. */
import type { WorkspaceDatabase } from './database.ts'

export interface Journals {
  /** 0 for a journal that was never read. */
  bytesTaken(runId: string): number
  /** To be called within the transaction that stores what those bytes say. */
  take(runId: string, bytes: number): void
}

export function createJournals({ sqlite, read }: WorkspaceDatabase): Journals {
  const select = sqlite.prepare<[string], number>('SELECT bytes FROM journals WHERE run_id = ?').pluck()
  const upsert = sqlite.prepare<[string, number]>(
    'INSERT INTO journals VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE SET bytes = excluded.bytes',
  )
  return {
    bytesTaken: (runId) => read(() => select.get(runId)) ?? 0,
    take: (runId, bytes) => void upsert.run(runId, bytes),
  }
}
