/**
 * `npm run build:binding`: builds the native module that ships, `resources/native/<platform>-<arch>/tfjs_binding.node`.
 * Any TensorFlow that can be had here will do to build it over; build on the oldest system that is to be served.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildWhatIsStale } from './build.mjs'
import { requireNewNode } from './node-version.mjs'
import { root } from './test-environment.mjs'

requireNewNode()
await buildWhatIsStale(['engine'])
const home = join(root, '.cache/build-binding')
const target = join(root, 'resources/native', `${process.platform}-${process.arch}`)
rmSync(join(home, 'bindings'), { recursive: true, force: true })
rmSync(target, { recursive: true, force: true }) // else it would be taken instead of built

const command = [
  join(root, 'out/engine/minima.mjs'),
  '--workspace',
  join(home, 'workspace'),
  'setup',
  'tensorflow',
  '--yes',
]
const { status } = spawnSync(process.execPath, ['--no-warnings', ...command, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, MINIMA_TENSORFLOW_HOME: home },
})
if (status !== 0) process.exit(status ?? 1)
const [built] = readdirSync(join(home, 'bindings'))
mkdirSync(target, { recursive: true })
copyFileSync(join(home, 'bindings', built, 'tfjs_binding.node'), join(target, 'tfjs_binding.node'))
rmSync(home, { recursive: true, force: true })
console.log(`\n${join(target, 'tfjs_binding.node')}`)
