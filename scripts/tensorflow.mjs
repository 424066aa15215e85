/**
 * TensorFlow for tests and benches: the one that is set up for this user, else one in the checkout's own cache, which is
 * set up there once where Python 3 with pip and a compiler are.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tensorflow } from '../src/main/engine/training/backends/tensorflow.ts'
import { buildWhatIsStale } from './build.mjs'
import { root } from './test-environment.mjs'

const HOME = 'MINIMA_TENSORFLOW_HOME'

/** What to add to the environment: where it is, or why there is none. */
export async function tensorflowEnv() {
  if (process.env[HOME] || tensorflow.obstacle() === null) return {}
  const home = join(root, '.cache/tensorflow')
  process.env[HOME] = home
  try {
    if (tensorflow.obstacle() === null) return { [HOME]: home }
    console.log('TensorFlow is not set up; doing that for tests and benches, once, in .cache/tensorflow:')
    await buildWhatIsStale(['engine'])
    const { code, stderr } = await setUp(home)
    if (code === 0) return { [HOME]: home }
    const reason = stderr.trim().split('\n').at(-1) || 'it could not be set up'
    console.log(`Tests that need TensorFlow are skipped: ${reason}`)
    return { MINIMA_TENSORFLOW_SKIPPED: reason, ...(existsSync(home) && { [HOME]: home }) }
  } finally {
    delete process.env.MINIMA_TENSORFLOW_HOME
  }
}

async function setUp(home) {
  const workspace = mkdtempSync(join(tmpdir(), 'minima-setup-'))
  const args = [
    '--no-warnings',
    join(root, 'out/engine/minima.mjs'),
    '--workspace',
    workspace,
    'setup',
    'tensorflow',
    '--yes',
  ]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, [HOME]: home },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
    process.stderr.write(chunk)
  })
  const code = await new Promise((done) => child.on('close', done))
  rmSync(workspace, { recursive: true, force: true })
  return { code, stderr }
}
