/** Progress is of a process that lives: it is told ten times a second, and no longer kept in the file. */
import type { Database } from 'better-sqlite3'

export function dropProgress(sqlite: Database): void {
  sqlite.exec('ALTER TABLE runs DROP COLUMN progress')
}
