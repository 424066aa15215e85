/** Finds the Pythons of this machine, what pip they have, and the TensorFlow that is installed in one, without importing it. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import { libraryNames } from '../training/backends/tensorflow-home.ts'
import { runProgram } from './run-program.ts'

export interface FoundPython {
  /** As it was found, such as `/usr/bin/python3`. */
  readonly path: string
  readonly version: string
  /** Null: it has no pip. */
  readonly pip: string | null
  readonly tensorflow: FoundTensorflow | null
}

export interface FoundTensorflow {
  /** The folder that holds its libraries. */
  readonly dir: string
  readonly version: string
  /** Built for CUDA, with NVIDIA's libraries beside it. */
  readonly hasCuda: boolean
}

const PROBE_TIMEOUT_MS = 20_000

/** `find_spec` of a top-level package looks for its folder and runs nothing of it. */
const PROBE = `
import importlib.util, json, platform, sys
if sys.path[:1] == [""]:
    del sys.path[0]  # a folder called tensorflow in the current one is not the package
try:
    from importlib.metadata import version
except ImportError:
    version = None
def version_of(names):
    for name in names:
        try:
            return name, version(name)
        except Exception:
            pass
    return None, None
def folder_of(name):
    try:
        spec = importlib.util.find_spec(name)
        return list(spec.submodule_search_locations)[0]
    except Exception:
        return None
names = ["tensorflow", "tensorflow-cpu", "tensorflow-cpu-aws", "tensorflow-macos", "tf-nightly", "tf-nightly-cpu"]
package, tf = version_of(names)
pip = version_of(["pip"])[1] or ("of unknown version" if folder_of("pip") else None)
print(json.dumps({"version": platform.python_version(), "prefix": sys.prefix, "pip": pip,
                  "dir": folder_of("tensorflow"), "package": package, "tensorflow": tf}))
`

const answer = z.object({
  version: z.string(),
  prefix: z.string(),
  pip: z.string().nullable(),
  dir: z.string().nullable(),
  package: z.string().nullable(),
  tensorflow: z.string().nullable(),
})

/**
 * The Pythons to choose among, best first: the active environment's, then those on PATH. With `named`, that one alone.
 *
 * @throws when the named one is no Python
 */
export async function findPythons(named: string | null, env: NodeJS.ProcessEnv = process.env): Promise<FoundPython[]> {
  if (named !== null) return [(await probe(inside(named))).python]
  const probed = await Promise.all(candidates(env).map((path) => probe(path).catch(() => null)))
  const prefixes = new Set<string>()
  return probed.flatMap((one) => {
    if (one === null || prefixes.has(one.prefix)) return []
    prefixes.add(one.prefix)
    return [one.python]
  })
}

/** The Python of an environment's folder, or the program itself. */
function inside(path: string): string {
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  return isFolder ? join(path, binDir(), pythonNames()[0] ?? 'python') : path
}

function candidates(env: NodeJS.ProcessEnv): string[] {
  const environments = [env['VIRTUAL_ENV'], env['CONDA_PREFIX']].flatMap((dir) => (dir ? [join(dir, binDir())] : []))
  const dirs = [...environments, ...(env['PATH'] ?? '').split(delimiter)].filter((dir) => dir !== '')
  const paths = dirs.flatMap((dir) => pythonNames().map((name) => join(dir, name)))
  return [...new Set(paths)].filter((path) => existsSync(path))
}

function binDir(): string {
  return process.platform === 'win32' ? 'Scripts' : 'bin'
}

function pythonNames(): readonly string[] {
  return process.platform === 'win32' ? ['python.exe'] : ['python3', 'python']
}

async function probe(path: string): Promise<{ prefix: string; python: FoundPython }> {
  const run = runProgram(path, ['-c', PROBE], { timeoutMs: PROBE_TIMEOUT_MS })
  const { code, stdout, stderr } = await run.catch((error: Error) => {
    throw new Error(`no Python can be run there (${error.message}): ${path}`)
  })
  const parsed = answer.safeParse(json(stdout.trim().split('\n').at(-1) ?? ''))
  if (code !== 0 || !parsed.success) {
    throw new Error(`it does not answer as Python 3 does (${stderr.trim().split('\n').at(-1) || 'no reason'}): ${path}`)
  }
  const { version, pip, prefix, dir, package: name, tensorflow } = parsed.data
  const usable = dir !== null && hasLibraries(dir)
  return {
    prefix,
    python: {
      path,
      version,
      pip,
      tensorflow: usable
        ? { dir, version: tensorflow ?? 'of unknown version', hasCuda: name === 'tensorflow' && hasNvidia(dir) }
        : null,
    },
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function hasLibraries(dir: string): boolean {
  return [...libraryNames(), 'include'].every((name) => existsSync(join(dir, name)))
}

/** cuDNN stands for the rest: `tensorflow[and-cuda]` brings them all, `tensorflow` alone none. */
function hasNvidia(dir: string): boolean {
  try {
    const lib = join(realpathSync(dir), '../nvidia/cudnn/lib')
    return readdirSync(lib).some((name) => name.startsWith('libcudnn.so'))
  } catch {
    return false
  }
}
