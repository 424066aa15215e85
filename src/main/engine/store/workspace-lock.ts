/**
 * One engine per workspace: an exclusive SQLite transaction on a file of its own, held for the life of the process. The
 * operating system drops the lock when the process dies, however it dies, so there is no stale lock to mend.
 */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { MinimaError } from '../../../contract/errors.ts'

/** @returns a function that gives the workspace free. @throws MinimaError `workspace-busy`, `workspace-unusable`. */
export function lockWorkspace(workspaceDir: string): () => void {
  let database: Database.Database | undefined
  try {
    database = new Database(join(workspaceDir, 'engine.lock'), { timeout: 0 })
    database.pragma('journal_mode = DELETE')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    const code = (error as { code?: string }).code ?? ''
    if (code.startsWith('SQLITE_BUSY')) {
      throw new MinimaError('workspace-busy', `another engine has this workspace open: ${workspaceDir}`)
    }
    throw new MinimaError(
      'workspace-unusable',
      `the workspace cannot be written (${(error as Error).message}); make the folder writable, free some space or name another with --workspace: ${workspaceDir}`,
    )
  }
  const held = database
  return () => held.close()
}
