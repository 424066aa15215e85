/** An Electron to test the window in, or the reason why there is none. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './served-app.ts'

export function findElectron(): string | { reason: string } {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(ROOT, 'node_modules/electron/dist')
  const path = join(dist, process.platform === 'win32' ? 'electron.exe' : 'electron')
  if (!existsSync(path))
    return { reason: 'no Electron here: neither fetched by npm start nor in ELECTRON_OVERRIDE_DIST_PATH' }
  if (process.platform !== 'linux') return path
  if (!process.env['DISPLAY']) return { reason: 'no display here: install xvfb (xvfb-run) and xauth' }
  const missing = missingLibraries(path)
  return missing ? { reason: `Electron cannot start here: ${missing}` } : path
}

function missingLibraries(path: string): string | null {
  const lines = execFileSync('ldd', [path], { encoding: 'utf8' }).split('\n')
  const missing = lines.filter((line) => line.includes('not found')).map((line) => line.trim().split(' ')[0])
  return missing.length > 0 ? `${missing.join(', ')} not found` : null
}
