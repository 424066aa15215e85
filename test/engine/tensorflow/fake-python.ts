/** A program that answers as a Python with pip does, and whose pip serves a folder, fails or hangs as a test wants. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface FakePython {
  readonly version?: string
  readonly pip?: string | null
  readonly prefix?: string
  /** The folder of an installed TensorFlow, and what its package is called. */
  readonly dir?: string | null
  readonly package?: string
  readonly tensorflow?: string
  /** Folder of the wheels that pip has. */
  readonly index?: string
  /** What pip prints on stderr before it fails: always, or only when it was asked for its own version of Python. */
  readonly fails?: string
  readonly hasNoWheelOfItsOwn?: boolean
  /** Milliseconds between the halves of a download. */
  readonly pauseMs?: number
}

/** @param path where the program is to be, such as `…/bin/python3` */
export function makePython(path: string, python: FakePython = {}): string {
  mkdirSync(dirname(path), { recursive: true })
  const config = { version: '3.12.1', pip: '23.2.1', prefix: dirname(path), dir: null, ...python }
  writeFileSync(
    path,
    `#!${process.execPath}\n(${program.toString()})(${JSON.stringify(config)}, ${JSON.stringify(path)})\n`,
  )
  chmodSync(path, 0o755)
  return path
}

/** The arguments of every call of its pip. */
export function pipCalls(path: string): string[][] {
  try {
    const lines = readFileSync(`${path}.calls`, 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line) as string[])
  } catch {
    return []
  }
}

function program(config: FakePython, path: string): void {
  /* eslint-disable @typescript-eslint/no-require-imports -- it runs as a script of its own */
  const { appendFileSync, existsSync, readdirSync, readFileSync: read, writeFileSync: write } = require('node:fs')
  const { spawnSync } = require('node:child_process')
  const { join: at } = require('node:path')
  const args = process.argv.slice(2)
  if (args[0] === '-c' && args[1]?.includes('find_spec')) {
    const { version, pip, prefix, dir, package: name = null, tensorflow = null } = config
    console.log(JSON.stringify({ version, pip, prefix, dir, package: name, tensorflow }))
    return
  }
  if (args[1] !== 'pip') {
    process.exitCode = spawnSync('python3', args, {
      stdio: 'inherit',
      env: { ...process.env, PATH: process.env['REAL_PATH'] },
    }).status
    return
  }
  appendFileSync(`${path}.calls`, `${JSON.stringify(args.slice(2))}\n`)
  const isOwn = !args.includes('--python-version')
  if (config.fails || (config.hasNoWheelOfItsOwn && isOwn)) {
    console.error(
      config.fails ??
        'ERROR: Could not find a version that satisfies the requirement\nERROR: No matching distribution found',
    )
    process.exitCode = 1
    return
  }
  const wanted = (/^[\w.-]+/.exec(args.at(-1) ?? '')?.[0] ?? '').replace(/[-.]+/g, '_')
  const index = config.index ?? ''
  const wheel = readdirSync(index).find((name: string) => name.split('-')[0] === wanted)
  if (!wheel) {
    console.error(`ERROR: No matching distribution found for ${wanted}`)
    process.exitCode = 1
    return
  }
  const bytes = read(at(index, wheel))
  const dest = args[args.indexOf('--dest') + 1] ?? ''
  const temporary = at(process.env['TMPDIR'] ?? '', wheel)
  console.log(`Downloading ${wheel} (${(bytes.length / 1e3).toFixed(3)} kB)`)
  write(temporary, bytes.subarray(0, bytes.length / 2))
  setTimeout(() => {
    write(temporary, bytes)
    if (!existsSync(dest)) require('node:fs').mkdirSync(dest, { recursive: true })
    write(at(dest, wheel), bytes)
  }, config.pauseMs ?? 0)
}

/** A folder that looks like an installed TensorFlow. */
export function makeTensorflow(site: string, files: readonly string[]): string {
  const dir = join(site, 'tensorflow')
  mkdirSync(join(dir, 'include'), { recursive: true })
  for (const name of files) writeFileSync(join(dir, name), name)
  return dir
}
