/** The system's folder of this user for what can be made again. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export function userCacheDir(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
}
