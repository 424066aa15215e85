/**
 * `npm run test:parity`: holds the engine against Keras's results, all files of each kind in `MINIMA_GOLDEN_DIR`. `--kind
 * NAME` picks one; other arguments go to vitest.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { requireNewNode } from './node-version.mjs'
import { tensorflowEnv } from './tensorflow.mjs'
import { root } from './test-environment.mjs'

const KINDS = {
  steps: ['test/parity/steps.test.ts'],
  ops: [
    'test/parity/ops.test.ts',
    'test/parity/fit-semantics.test.ts',
    'test/engine/training/several-outputs.test.ts',
    'test/engine/models/keras-golden.test.ts',
    'test/engine/models/lookup.test.ts',
    'test/engine/models/keras-functions.test.ts',
    'test/engine/data/keras-normalization.test.ts',
  ],
  lr_range: ['test/parity/lr-range.test.ts'],
  tuner: ['test/parity/tuner.test.ts'],
  hpo: ['test/parity/hpo-quality.test.ts'],
}

requireNewNode()
const args = process.argv.slice(2)
const at = args.indexOf('--kind')
const [, kind] = at < 0 ? [] : args.splice(at, 2)
if (at >= 0 && !Object.hasOwn(KINDS, kind ?? '')) {
  console.error(`--kind: expected one of ${Object.keys(KINDS).join(', ')}, got ${kind ?? 'nothing'}`)
  process.exit(2)
}
const files = kind === undefined ? Object.values(KINDS).flat() : KINDS[kind]
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const child = spawn(process.execPath, [vitest, 'run', '--project', 'unit', ...files, ...args], {
  cwd: root,
  env: { ...process.env, ...(await tensorflowEnv()) },
  stdio: 'inherit',
})
child.on('close', (code) => process.exit(code ?? 1))
