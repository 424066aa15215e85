/** Keras for bench:train: the versions it is measured with, in a Python environment of the bench's own. */
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../support/served-app.ts'

const HOME = join(ROOT, '.cache/bench/keras')
const READY = join(HOME, 'ready')
/** macOS has TensorFlow without a GPU under the plain name only. */
const TENSORFLOW = process.platform === 'darwin' ? 'tensorflow==2.21.0' : 'tensorflow-cpu==2.21.0'
const WANTED = [TENSORFLOW, 'keras==3.15.1']

/**
 * A Python that has Keras: the one named by `MINIMA_BENCH_PYTHON`, else one that is set up here, once, with the machine's pip.
 * @throws what went wrong
 */
export function kerasPython(): string {
  const named = process.env['MINIMA_BENCH_PYTHON']
  if (named) return named
  const python = join(HOME, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(READY)) return python
  console.log(`Setting up ${WANTED.join(' and ')} in .cache/bench/keras, once (some 300 MB to fetch)…`)
  rmSync(HOME, { recursive: true, force: true })
  const run = (program: string, args: string[]): void => {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', HOME])
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...WANTED])
  writeFileSync(READY, `${WANTED.join('\n')}\n`)
  return python
}
