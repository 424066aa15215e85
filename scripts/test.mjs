/**
 * `npm test`: builds what is stale, finds or fetches what the window's tests and those on TensorFlow need, and runs every
 * suite. Arguments go to vitest: `npm test -- test/engine/store`.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildWhatIsStale } from './build.mjs'
import { requireNewNode } from './node-version.mjs'
import { tensorflowEnv } from './tensorflow.mjs'
import { electronDist, root, withDisplay } from './test-environment.mjs'

requireNewNode()
await buildWhatIsStale()
const tensorflow = await tensorflowEnv()
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const [program, ...args] = withDisplay([process.execPath, vitest, 'run', ...process.argv.slice(2)])
const child = spawn(program, args, {
  cwd: root,
  env: { ...process.env, ...electronDist(), ...tensorflow },
  stdio: 'inherit',
})
child.on('close', (code) => process.exit(code ?? 1))
