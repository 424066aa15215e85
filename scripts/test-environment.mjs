/** What tests and benches of the window need beyond Node: an Electron and a display. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const ELECTRON_RUNTIME = join(root, '../shared/tools/electron-runtime')

/** Where Electron's own download has no route, a script beside the checkout may have another runtime. */
export function electronDist() {
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH || existsSync(join(root, 'node_modules/electron/dist'))) return {}
  if (process.platform !== 'linux' || !existsSync(ELECTRON_RUNTIME)) return {}
  const { status, stdout } = spawnSync('sh', [ELECTRON_RUNTIME, join(root, '.cache/electron')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return status === 0 ? { ELECTRON_OVERRIDE_DIST_PATH: stdout.trim() } : {}
}

/** The program and its arguments, under a virtual display where there is none and one can be had. */
export function withDisplay(command) {
  if (process.platform !== 'linux' || process.env.DISPLAY) return command
  const hasXvfb = spawnSync('sh', ['-c', 'command -v xvfb-run && command -v xauth']).status === 0
  return hasXvfb ? ['xvfb-run', '-a', '-s', '-screen 0 2600x1500x24', ...command] : command
}
