/** How far the journal of a run that another program logs was taken in, kept in the transaction that took it. */
import type { Database } from 'better-sqlite3'

export function createJournals(sqlite: Database): void {
  sqlite.exec(`
    CREATE TABLE journals (
      run_id TEXT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
      bytes INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `)
}
