/** Runs: a narrow table for the list, and beside it what is read of one run at a time, which may be long. */
import type { Database } from 'better-sqlite3'

export function createRuns(sqlite: Database): void {
  sqlite.exec(`
    CREATE TABLE runs (
      run_id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      experiment TEXT,
      state TEXT NOT NULL,
      created_at REAL NOT NULL,
      started_at REAL,
      ended_at REAL,
      hparams TEXT NOT NULL, -- JSON
      headline_tag TEXT,
      progress TEXT, -- JSON
      steps_per_epoch REAL,
      backend TEXT,
      error TEXT -- JSON
    ) STRICT;
    CREATE INDEX runs_by_time ON runs (created_at DESC, run_id);

    CREATE TABLE run_details (
      run_id TEXT PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
      source_text TEXT,
      source_path TEXT,
      config TEXT, -- JSON
      environment TEXT, -- JSON
      model TEXT, -- JSON
      rows TEXT, -- JSON
      metrics TEXT NOT NULL, -- JSON
      notices TEXT NOT NULL, -- JSON
      weights_dir TEXT
    ) STRICT;
  `)
}
