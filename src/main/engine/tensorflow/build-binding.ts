/** Builds tfjs-node's native module over TensorFlow's headers and libraries, with node-gyp, in a folder of its own. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import { libraryNames, tfjsNodeDir } from '../training/backends/tensorflow-home.ts'
import { bindingCache } from './binding-cache.ts'
import { howToInstall } from './machine.ts'
import { runProgram } from './run-program.ts'

export interface BuildOptions {
  readonly home: string
  /** Folder of the two libraries and `include/`. */
  readonly libraries: string
  /** What node-gyp runs on. */
  readonly python: string | null
  readonly signal: AbortSignal
}

/** What starts the names of build folders; one that was left behind is a killed setup's. */
export const BUILD_PREFIX = 'building-'

/** The names that the package's own build asks for, which are those of libtensorflow. */
const LINKS = process.platform === 'darwin' ? null : (['libtensorflow.so', 'libtensorflow_framework.so'] as const)

/** @returns the module in the cache. @throws MinimaError with the first error of the compiler */
export async function buildBinding({ home, libraries, python, signal }: BuildOptions): Promise<string> {
  if (!python) throw new MinimaError('backend-unavailable', 'no Python 3 here, which node-gyp needs to build with')
  const base = /\s/.test(home) ? tmpdir() : home // make cannot build where a path has a space in it
  const dir = await mkdtemp(join(base, BUILD_PREFIX))
  try {
    layOut(dir, libraries)
    const end = await runProgram(process.execPath, nodeGyp(dir, python), { cwd: dir, signal, env: buildEnv(python) })
    const built = join(dir, 'build', 'Release', 'tfjs_binding.node')
    if (end.code !== 0 || !existsSync(built)) {
      const said = `${end.stdout}\n${end.stderr}`
      throw new MinimaError('backend-unavailable', explain(said), { build: said.slice(-8_000) })
    }
    const kept = bindingCache(home)
    mkdirSync(dirname(kept), { recursive: true })
    copyFileSync(built, `${kept}.partial`)
    renameSync(`${kept}.partial`, kept)
    return kept
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function layOut(dir: string, libraries: string): void {
  const source = tfjsNodeDir()
  cpSync(join(source, 'binding'), join(dir, 'binding'), { recursive: true })
  const recipe = readFileSync(join(source, 'binding.gyp'), 'utf8')
  const [cc, framework] = libraryNames()
  writeFileSync(join(dir, 'binding.gyp'), LINKS ? recipe : recipe.replaceAll('libtensorflow.2.dylib', cc))
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'tfjs-binding', version: '0.0.0' }))
  const lib = join(dir, 'deps', 'lib')
  mkdirSync(lib, { recursive: true })
  symlinkSync(join(libraries, 'include'), join(dir, 'deps', 'include'))
  for (const name of [cc, framework]) symlinkSync(join(libraries, name), join(lib, name))
  if (LINKS) {
    symlinkSync(join(libraries, cc), join(lib, LINKS[0]))
    symlinkSync(join(libraries, framework), join(lib, LINKS[1]))
  }
  const headers = nodeHeaders()
  if (headers) symlinkSync(headers, join(dir, 'node'))
}

/** A folder with `include/node`; null: node-gyp fetches the headers by itself. Any Node's do: the module is N-API. */
function nodeHeaders(): string | null {
  const modules = join(tfjsNodeDir(), '../..')
  const dirs = [join(modules, `node-${process.platform}-${process.arch}`), join(dirname(process.execPath), '..')]
  return dirs.find((dir) => existsSync(join(dir, 'include/node/node_api.h'))) ?? null
}

function nodeGyp(dir: string, python: string): string[] {
  return [
    createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js'),
    'rebuild',
    `--python=${python}`,
    `--jobs=${availableParallelism()}`,
    '--module_name=tfjs_binding',
    '--module_path=./lib/napi-v8',
    '--napi_build_version=8',
    ...(existsSync(join(dir, 'node')) ? [`--nodedir=${join(dir, 'node')}`] : []),
  ]
}

/** What `npm run` sets for its own scripts is not for this build. */
function buildEnv(python: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_config_(node_?gyp|nodedir|python)/i.test(name),
  )
  return { ...Object.fromEntries(inherited), PYTHON: python }
}

function explain(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  const wants = lines.some((line) => /not found: make|make: not found|g\+\+: (command )?not found|No Xcode/i.test(line))
  if (wants)
    return `a C++ compiler and make are missing (${howToInstall({ pip: false, compiler: true }, 'minima setup tensorflow')})`
  const error =
    lines.find((line) => /\berror:/i.test(line)) ??
    lines.findLast((line) => /^gyp ERR! stack/.test(line)) ??
    lines.findLast((line) => line !== '')
  return `the native module could not be built: ${error ?? 'no reason given'}`
}
