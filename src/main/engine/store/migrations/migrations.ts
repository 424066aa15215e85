/** Brings the database of a workspace to the newest version, one numbered step after the other. */
import type { Database } from 'better-sqlite3'
import { MinimaError } from '../../../../contract/errors.ts'
import { createRuns } from './0010-runs.ts'
import { createScalars } from './0020-scalars.ts'
import { createHistograms } from './0030-histograms.ts'
import { createSettings } from './0040-settings.ts'
import { dropProgress } from './0050-progress.ts'
import { createJournals } from './0060-journals.ts'

export interface Migration {
  /** `user_version` of the file after it. */
  readonly version: number
  readonly apply: (sqlite: Database) => void
}

/** A migration that was released is never changed: a later one mends it. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 10, apply: createRuns },
  { version: 20, apply: createScalars },
  { version: 30, apply: createHistograms },
  { version: 40, apply: createSettings },
  { version: 50, apply: dropProgress },
  { version: 60, apply: createJournals },
]

/** Changes nothing. @throws MinimaError `workspace-newer`. */
export function refuseNewer(sqlite: Database, path: string): void {
  const found = versionOf(sqlite)
  const newest = MIGRATIONS.at(-1)?.version ?? 0
  if (found > newest) {
    throw new MinimaError(
      'workspace-newer',
      `the workspace was written by a later Minima (its format is ${found}, this one knows ${newest}); update Minima or name another workspace with --workspace: ${path}`,
      { found, newest },
    )
  }
}

export function migrate(sqlite: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const found = versionOf(sqlite)
  for (const { version, apply } of migrations) {
    if (version <= found) continue
    sqlite.transaction(() => {
      apply(sqlite)
      sqlite.pragma(`user_version = ${version}`)
    })()
  }
}

function versionOf(sqlite: Database): number {
  return sqlite.pragma('user_version', { simple: true }) as number
}
