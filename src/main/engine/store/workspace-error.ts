/** Says in a person's words why the files of a workspace cannot be used. */
import { MinimaError } from '../../../contract/errors.ts'

/** What SQLite and the file system call a fault → what is wrong, and what to do about it. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'the disk is full; free some space and try again'],
  [
    /^(SQLITE_READONLY|SQLITE_PERM|EACCES|EPERM|EROFS)/,
    'the workspace cannot be written; make the folder and the files in it writable or name another with --workspace',
  ],
  [
    /^(SQLITE_CANTOPEN|EEXIST|ENOTDIR|EISDIR|ENOENT|ENAMETOOLONG)/,
    'the workspace cannot be opened; see that it is a folder you may write, or name another with --workspace',
  ],
  [
    /^(SQLITE_NOTADB|SQLITE_CORRUPT)/,
    'the database of the workspace is damaged; put back a copy of it, or move it away to start with an empty one',
  ],
  [/^(SQLITE_IOERR|EIO)/, 'the disk failed to read or write; see that it is there and healthy, and has space'],
]

/** A `MinimaError` for a fault of database or file system; anything else comes back as it was thrown. */
export function toWorkspaceError(thrown: unknown, path: string): unknown {
  if (thrown instanceof MinimaError || !(thrown instanceof Error)) return thrown
  const { code } = thrown as { code?: unknown }
  if (typeof code !== 'string') return thrown
  const details = { cause: `${code}: ${thrown.message}` }
  if (code.startsWith('SQLITE_BUSY')) {
    return new MinimaError('workspace-busy', `another program has the workspace open: ${path}`, details, {
      cause: thrown,
    })
  }
  const fault = FAULTS.find(([pattern]) => pattern.test(code))
  return fault ? new MinimaError('workspace-unusable', `${fault[1]}: ${path}`, details, { cause: thrown }) : thrown
}
