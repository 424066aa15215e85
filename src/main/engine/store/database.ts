/** Opens the SQLite file of a workspace: pragmas, migrations, transactions, and faults in a person's words. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { migrate, refuseNewer } from './migrations/migrations.ts'
import { toWorkspaceError } from './workspace-error.ts'

export const DATABASE_FILE = 'workspace.db'

/**
 * One connection, used by one thread. Everything on it is synchronous, so nothing can be written between the statements
 * of a read: each read sees one state of the workspace without a transaction of its own.
 */
export interface WorkspaceDatabase {
  readonly sqlite: Database.Database
  /** @throws MinimaError `workspace-unusable` when the file cannot be read. */
  read<T>(action: () => T): T
  /** Runs `action` in a transaction: all of it is kept, or nothing. @throws MinimaError `workspace-unusable`. */
  write<T>(action: () => T): T
  close(): void
}

/** Makes folder and file where they lack. @throws MinimaError `workspace-unusable`, `workspace-newer`. */
export function openDatabase(workspaceDir: string): WorkspaceDatabase {
  const path = join(workspaceDir, DATABASE_FILE)
  const guard = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      throw toWorkspaceError(error, path)
    }
  }
  const sqlite = guard(() => {
    mkdirSync(workspaceDir, { recursive: true })
    return new Database(path)
  })
  const write = <T>(action: () => T): T => guard(() => sqlite.transaction(action).immediate())
  try {
    guard(() => refuseNewer(sqlite, path))
    guard(() => configure(sqlite))
    guard(() => migrate(sqlite))
    write(() => undefined) // SQLite opens what it may only read without a word, and fails at the first point
  } catch (error) {
    sqlite.close()
    throw error
  }
  return { sqlite, read: guard, write, close: () => sqlite.close() }
}

/**
 * With a write-ahead log and `synchronous = NORMAL` a commit survives the death of the process; a power cut may take the
 * last commits, never the file.
 */
function configure(sqlite: Database.Database): void {
  sqlite.pragma('page_size = 8192') // of a new file: chunks are read twice as fast as with pages of 4,096
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = NORMAL')
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma('journal_size_limit = 67108864')
}
