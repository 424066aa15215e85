/** `npm run bench:NAME`: builds what is stale and runs `test/bench/NAME.ts`, under a virtual display where there is none. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildWhatIsStale } from './build.mjs'
import { requireNewNode } from './node-version.mjs'
import { tensorflowEnv } from './tensorflow.mjs'
import { electronDist, root, withDisplay } from './test-environment.mjs'

requireNewNode()
await buildWhatIsStale()
const [name, ...rest] = process.argv.slice(2)
const bench = [process.execPath, '--no-warnings', join(root, `test/bench/${name}.ts`), ...rest]
const [program, ...args] = withDisplay(bench)
const env = { ...process.env, ...electronDist(), ...(await tensorflowEnv()) }
const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' })
child.on('close', (code) => process.exit(code ?? 1))
