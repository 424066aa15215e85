/** An Electron to test the window in, or the reason why there is none. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
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

export interface OpenedWindow {
  readonly app: ElectronApplication
  readonly page: Page
  /** From the start of the program to its first page, in milliseconds. */
  readonly startMs: number
}

const ATTEMPTS = 5
const ATTACH_TIMEOUT_MS = 4_000

/**
 * Starts an Electron program and takes hold of its first page. Playwright misses a page that navigates while it attaches
 * (seen with 1.65 and Electron 22: the window is there and loaded, Playwright never hears of it): then starts anew.
 */
export async function launchWindow(executablePath: string, args: readonly string[]): Promise<OpenedWindow> {
  for (let attempt = 1; ; attempt++) {
    const startedAt = performance.now()
    const app = await _electron.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...args] })
    try {
      const page = await app.firstWindow({ timeout: ATTACH_TIMEOUT_MS })
      return { app, page, startMs: performance.now() - startedAt }
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      const ended = new Promise((done) => app.process().once('exit', done))
      await app.evaluate(({ app: main }) => main.exit(0)).catch(() => undefined) // it ends before it can answer
      await ended
    }
  }
}
