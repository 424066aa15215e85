/** What the page remembers: any JSON by key. */
import type { Database } from 'better-sqlite3'

export function createSettings(sqlite: Database): void {
  sqlite.exec(`
    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL -- JSON
    ) STRICT, WITHOUT ROWID;
  `)
}
