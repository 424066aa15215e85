/**
 * Builds what is stale: the engine (trainer and command with it), the package `minima-lab` and the window (shell, preload and
 * page), each told by a fingerprint of its sources' names, sizes and times. `node scripts/build.mjs` builds all; `--force` whatever it is.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireNewNode } from './node-version.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const SHARED = ['package-lock.json', 'src/contract', 'src/client']

const PARTS = {
  engine: {
    sources: [...SHARED, 'vite.engine.config.ts', 'src/main'],
    output: 'out/engine/minima.mjs',
    tool: ['vite/bin/vite.js', 'build', '--config', 'vite.engine.config.ts', '--logLevel', 'warn'],
  },
  library: {
    sources: [
      'package-lock.json',
      'vite.library.config.ts',
      'src/contract',
      'src/library',
      'src/main/process-identity.ts',
      'src/main/engine/training/log-sender.ts',
      'src/main/engine/training/histogram.ts',
    ],
    output: 'packages/minima-lab/dist/index.js',
    tool: ['vite/bin/vite.js', 'build', '--config', 'vite.library.config.ts', '--logLevel', 'warn'],
  },
  window: {
    sources: [
      ...SHARED,
      'electron.vite.config.ts',
      'svelte.config.js',
      'src/main/index.ts',
      'src/main/engine-host.ts',
      'src/main/shell',
      'src/preload',
      'src/renderer',
    ],
    output: 'out/renderer/index.html',
    tool: ['electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
  },
}

export async function buildWhatIsStale(names = Object.keys(PARTS), { force = false } = {}) {
  const stale = names.filter((name) => force || !isFresh(name))
  if (stale.length === 0) return
  const startedAt = Date.now()
  process.stderr.write(`Building ${stale.join(' and ')}…`)
  for (const name of stale) await build(name)
  process.stderr.write(` ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

function isFresh(name) {
  try {
    statSync(join(root, PARTS[name].output))
    return readFileSync(stampPath(name), 'utf8') === fingerprint(name)
  } catch {
    return false
  }
}

async function build(name) {
  const before = fingerprint(name)
  const [tool, ...args] = PARTS[name].tool
  const child = spawn(process.execPath, ['--no-warnings', join(root, 'node_modules', tool), ...args], { cwd: root })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const code = await new Promise((done) => child.on('close', done))
  if (code !== 0) {
    process.stderr.write(`\n${output}\nThe build of the ${name} failed.\n`)
    process.exit(1)
  }
  mkdirSync(dirname(stampPath(name)), { recursive: true })
  writeFileSync(stampPath(name), before)
}

function stampPath(name) {
  return join(root, `out/.${name}.stamp`)
}

function fingerprint(name) {
  const hash = createHash('sha1')
  const visit = (path) => {
    const stat = statSync(path)
    if (stat.isDirectory()) {
      for (const entry of readdirSync(path).sort()) visit(join(path, entry))
    } else {
      hash.update(`${path.slice(root.length)}\0${stat.size}\0${stat.mtimeMs}\n`)
    }
  }
  for (const source of PARTS[name].sources) visit(join(root, source))
  return hash.digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNewNode()
  await buildWhatIsStale(undefined, { force: process.argv.includes('--force') })
}
