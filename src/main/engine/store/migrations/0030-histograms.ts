/** Histograms: one row each, in the order in which they were logged; those that a restart repeated are kept but hidden. */
import type { Database } from 'better-sqlite3'

export function createHistograms(sqlite: Database): void {
  sqlite.exec(`
    CREATE TABLE histograms (
      histogram_id INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
      tag TEXT NOT NULL,
      step REAL NOT NULL,
      wall_time REAL NOT NULL,
      non_finite REAL NOT NULL,
      superseded INTEGER NOT NULL DEFAULT 0,
      edges BLOB NOT NULL, -- columns as in column-codec.ts
      counts BLOB NOT NULL
    ) STRICT;
    CREATE INDEX histograms_by_tag ON histograms (run_id, tag, superseded, step, histogram_id);
  `)
}
