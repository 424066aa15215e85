/**
 * `npm test`: builds what is stale, finds or fetches what the window's tests need, and runs every suite. Arguments go
 * to vitest: `npm test -- test/engine/store`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWhatIsStale } from './build.mjs'
import { requireNewNode } from './node-version.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const ELECTRON_RUNTIME = join(root, '../shared/tools/electron-runtime')

requireNewNode()
await buildWhatIsStale()
const env = { ...process.env, NODE_ENV: 'test', ...electronDist() }
const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)]
const [program, ...args] = needsDisplay() ? ['xvfb-run', '-a', process.execPath, ...vitest] : [process.execPath, ...vitest]
const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' })
child.on('close', (code) => process.exit(code ?? 1))

/** Where Electron's own download has no route, a script beside the checkout may have another runtime. */
function electronDist() {
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH || existsSync(join(root, 'node_modules/electron/dist'))) return {}
  if (process.platform !== 'linux' || !existsSync(ELECTRON_RUNTIME)) return {}
  const { status, stdout } = spawnSync('sh', [ELECTRON_RUNTIME, join(root, '.cache/electron')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return status === 0 ? { ELECTRON_OVERRIDE_DIST_PATH: stdout.trim() } : {}
}

function needsDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY) return false
  return spawnSync('sh', ['-c', 'command -v xvfb-run xauth']).status === 0
}
