/**
 * Scalars. A series is a list of segments; a segment is a list of chunks, then a tail.
 *
 * - `segments`: steps never go back within one. Points of it with a step >= superseded_from were repeated by a later
 *   segment: kept, but hidden. `prior` sums up the points that were visible before it, at the time it was opened.
 * - `tail`: the newest points of a segment, a few appends not yet sealed. `points` is float64 columns: steps, wall
 *   times, values, of equal length. `first_index` counts from the first point of the segment.
 * - `chunks`: immutable. Columns as in column-codec.ts. Those of one segment are full but where a tail was sealed early.
 * - `nodes`: the pyramid. A node of level 1 stands for 64 chunks, one of level n + 1 for 64 nodes of level n; it is
 *   written when the last of them is. `children` holds their summaries, one after the other.
 *
 * Summaries (`summary`, `prior`, `children`) are laid out as in summary.ts. Columns of a chunk stand in the order in
 * which charts want them: SQLite reads a row only as far as it must.
 */
import type { Database } from 'better-sqlite3'

export function createScalars(sqlite: Database): void {
  sqlite.exec(`
    CREATE TABLE series (
      series_id INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
      tag TEXT NOT NULL,
      summary BLOB NOT NULL, -- of all points that are not superseded
      UNIQUE (run_id, tag)
    ) STRICT;

    CREATE TABLE segments (
      segment_id INTEGER PRIMARY KEY,
      series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
      first_step REAL NOT NULL,
      superseded_from REAL,
      chunk_count INTEGER NOT NULL,
      sealed_count INTEGER NOT NULL, -- points in chunks
      prior BLOB NOT NULL
    ) STRICT;
    CREATE INDEX segments_by_series ON segments (series_id, segment_id);

    CREATE TABLE tail (
      segment_id INTEGER NOT NULL REFERENCES segments ON DELETE CASCADE,
      first_index INTEGER NOT NULL,
      points BLOB NOT NULL,
      PRIMARY KEY (segment_id, first_index)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE chunks (
      segment_id INTEGER NOT NULL REFERENCES segments ON DELETE CASCADE,
      chunk_index INTEGER NOT NULL,
      first_index INTEGER NOT NULL,
      summary BLOB NOT NULL,
      steps BLOB NOT NULL,
      "values" BLOB NOT NULL,
      wall_times BLOB NOT NULL,
      PRIMARY KEY (segment_id, chunk_index)
    ) STRICT;

    CREATE TABLE nodes (
      segment_id INTEGER NOT NULL REFERENCES segments ON DELETE CASCADE,
      level INTEGER NOT NULL,
      node_index INTEGER NOT NULL,
      summary BLOB NOT NULL,
      children BLOB NOT NULL,
      PRIMARY KEY (segment_id, level, node_index)
    ) STRICT;
  `)
}
