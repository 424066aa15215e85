/** Fetches wheels with this machine's own pip, so that its mirrors, proxies and certificates apply. */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { FoundPython } from './find-python.ts'
import { runProgram } from './run-program.ts'

export interface FetchOptions {
  /** Folder that the finished wheel is put in. */
  readonly into: string
  /** What is there so far, and the size that pip has said; null before it has. */
  readonly onBytes: (done: number, total: number | null) => void
  readonly signal: AbortSignal
}

const POLL_MS = 150
/** The Pythons that current releases of TensorFlow have wheels for. Its libraries do not depend on which. */
const CURRENT_PYTHONS = /^3\.1[0-3]\./
const ANOTHER_PYTHON = ['--python-version', '3.12']
const PLATFORMS: Record<string, readonly string[]> = {
  'linux-x64': ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
  'linux-arm64': ['manylinux_2_27_aarch64', 'manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
  'darwin-arm64': ['macosx_12_0_arm64', 'macosx_11_0_arm64'],
}
/** Older ones do not know how wheels for Linux are named today. */
const OLD_PIP = 21
const NO_WHEEL = /No matching distribution|Could not find a version|not a supported wheel/i
const NO_NETWORK =
  /Retrying \(|connection (error|broken)|NewConnectionError|ProxyError|SSLError|timed? ?out|Name or service/i

/**
 * @param requirement such as `tensorflow-cpu` or `nvidia-nccl-cu12<3.0,>=2.27.7`
 * @returns the wheel's path. @throws MinimaError with what pip said
 */
export async function fetchWheel(python: FoundPython, requirement: string, options: FetchOptions): Promise<string> {
  let said = ''
  for (const target of targets(python)) {
    const partial = join(options.into, '.partial')
    rmSync(partial, { recursive: true, force: true })
    try {
      const end = await runPip(python, requirement, target, partial, options)
      if (end.code === 0) return keep(partial, options.into)
      said = `${end.stdout}\n${end.stderr}`
    } finally {
      rmSync(partial, { recursive: true, force: true })
    }
    if (NO_NETWORK.test(said) || !NO_WHEEL.test(said)) break
  }
  throw new MinimaError('backend-unavailable', explain(python, requirement, said), { pip: said.slice(-4_000) })
}

/** The user's own Python first, if TensorFlow is built for it; else one for which it is, on the same platform. */
function targets({ version }: FoundPython): readonly (readonly string[])[] {
  const platforms = PLATFORMS[`${process.platform}-${process.arch}`] ?? []
  const named = platforms.flatMap((platform) => ['--platform', platform])
  const others = [ANOTHER_PYTHON, ...(named.length > 0 ? [[...ANOTHER_PYTHON, ...named]] : [])]
  return CURRENT_PYTHONS.test(version) ? [[], ...others] : [...others, []]
}

async function runPip(
  python: FoundPython,
  requirement: string,
  target: readonly string[],
  partial: string,
  { onBytes, signal }: FetchOptions,
): ReturnType<typeof runProgram> {
  const temporary = join(partial, 'tmp')
  mkdirSync(temporary, { recursive: true })
  let total: number | null = null
  // At its end pip copies the wheel out of its own folder, so that for a moment it is there twice.
  const poll = setInterval(() => onBytes(Math.min(bytesIn(partial), total ?? Infinity), total), POLL_MS)
  // No copy in pip's cache: it would double what is written, and a setup keeps what it has fetched by itself.
  const quiet = ['--disable-pip-version-check', '--no-input', '--no-color', '--progress-bar', 'off', '--no-cache-dir']
  const again = resumes(python) ? ['--resume-retries', '20'] : []
  const wanted = ['--no-deps', '--only-binary=:all:', ...target, '--dest', join(partial, 'dest'), requirement]
  try {
    return await runProgram(python.path, ['-m', 'pip', 'download', ...quiet, ...again, ...wanted], {
      signal,
      env: { ...process.env, TMPDIR: temporary, PYTHONUNBUFFERED: '1' },
      onLine(line) {
        total = sizeIn(line) ?? total
      },
    })
  } finally {
    clearInterval(poll)
  }
}

/** Since 25.1 pip takes a download up again that broke off. */
function resumes({ pip }: FoundPython): boolean {
  const [major = 0, minor = 0] = (pip ?? '').split('.').map(Number)
  return major > 25 || (major === 25 && minor >= 1)
}

/** `Downloading tensorflow_cpu-….whl (273.8 MB)` */
function sizeIn(line: string): number | null {
  const [, amount, unit] = /Downloading \S+\.whl \(([\d.]+) (bytes|kB|MB|GB)\)/.exec(line) ?? []
  const bytes = { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 }[unit ?? '']
  return bytes === undefined ? null : Number(amount) * bytes
}

function bytesIn(dir: string): number {
  try {
    return readdirSync(dir, { withFileTypes: true }).reduce((sum, entry) => {
      const path = join(dir, entry.name)
      return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size)
    }, 0)
  } catch {
    return 0 // pip has just moved it
  }
}

function keep(partial: string, into: string): string {
  const name = readdirSync(join(partial, 'dest')).find((file) => file.endsWith('.whl'))
  if (!name) throw new MinimaError('backend-unavailable', 'pip said that it was done and left no wheel')
  renameSync(join(partial, 'dest', name), join(into, name))
  return join(into, name)
}

function explain({ path, pip }: FoundPython, requirement: string, said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  const error = lines.findLast((line) => /^ERROR: /.test(line)) ?? lines.findLast((line) => line !== '') ?? 'no reason'
  const reason = error.replace(/^ERROR: /, '')
  if (NO_NETWORK.test(said)) {
    return `pip cannot reach its index for ${requirement}: ${reason}. A proxy or mirror is set with \`${path} -m pip config set global.proxy …\` or \`global.index-url …\`; without a network, \`minima setup tensorflow --wheel FILE\` takes a wheel fetched elsewhere`
  }
  const isOld = Number(pip?.split('.')[0]) < OLD_PIP
  const hint = isOld ? `; its pip is of ${pip}, too old for today's wheels: --python names another` : ''
  return `pip has no ${requirement} for this machine: ${reason}${hint} (${path})`
}
