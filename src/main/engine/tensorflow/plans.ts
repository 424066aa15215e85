/** What a setup of each flavor would do on this machine, what it costs, and what stands in its way. */
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { SetupPlan, TensorflowFlavor } from '../../../contract/tensorflow.ts'
import { setupCommand } from '../training/backends/tensorflow-home.ts'
import { findPythons, type FoundPython, type FoundTensorflow } from './find-python.ts'
import { freeBytes, hasBinding, hasCompiler, howToInstall, onPath, platformObstacle } from './machine.ts'

export interface SetupChoice {
  readonly flavor: TensorflowFlavor
  /** A Python to take TensorFlow or pip from; null: the best that is found. */
  readonly python: string | null
  /** A wheel that is on this disk already. */
  readonly wheel: string | null
}

/** Where TensorFlow comes from. A wheel for CUDA needs pip too, for NVIDIA's. */
export type Source =
  | ({ readonly kind: 'python' } & FoundTensorflow)
  | { readonly kind: 'wheel'; readonly file: string; readonly pip: FoundPython | null }
  | { readonly kind: 'pip'; readonly python: FoundPython }
  | { readonly kind: 'npm' }

export interface Plan {
  readonly choice: SetupChoice
  readonly shown: SetupPlan
  /** Null exactly when there is an obstacle. */
  readonly source: Source | null
  /** A Python that node-gyp can run on; null: none. */
  readonly gypPython: string | null
}

export interface Surroundings {
  readonly home: string
  /** Folder of the native modules that ship with Minima. */
  readonly nativeDir: string | null
}

const TITLES: Record<TensorflowFlavor, string> = {
  cpu: 'TensorFlow for the CPU',
  cuda: 'TensorFlow with CUDA, for NVIDIA GPUs',
  stock: "tfjs-node's own build (libtensorflow 2.9.1, CUDA 11.2)",
}

/**
 * What is fetched, and what stays on the disk: measured of TensorFlow 2.21 for Linux on x64; of the stock build only a
 * notion (its neighbour 2.10 is some 480 MB), since its installer does not tell.
 */
const SIZES: Record<TensorflowFlavor, { download: number; disk: number }> = {
  cpu: { download: 274e6, disk: 859e6 },
  cuda: { download: 3.4e9, disk: 5.7e9 },
  stock: { download: 480e6, disk: 1.2e9 },
}
const LINK_BYTES = 200e3

/** What the seconds are told from: a usual line, and this much work on two cores. */
const DOWNLOAD_BYTES_PER_SEC = 10e6
const UNPACK_BYTES_PER_SEC = 150e6
const BUILD_SECS = 20
const CHECK_SECS = 5

export async function planSetups(surroundings: Surroundings, choices: readonly SetupChoice[]): Promise<Plan[]> {
  const [first] = choices
  const pythons = await findPythons(first?.python ?? null).catch((error: Error) => error.message)
  return choices.map((choice) => planSetup(surroundings, choice, pythons))
}

function planSetup(surroundings: Surroundings, choice: SetupChoice, pythons: FoundPython[] | string): Plan {
  const { home } = surroundings
  const found = typeof pythons === 'string' ? [] : pythons
  const needsBuild = choice.flavor !== 'stock' && !hasBinding(home, surroundings.nativeDir)
  const source = sourceOf(choice, found, needsBuild && !hasCompiler())
  const obstacle =
    (choice.flavor === 'stock' ? null : platformObstacle()) ??
    flavorObstacle(choice) ??
    (typeof pythons === 'string' ? pythons : null) ??
    (typeof source === 'string' ? source : null) ??
    (needsBuild ? buildObstacle(choice, found) : null)
  const cost = costOf(choice.flavor, typeof source === 'string' ? null : source, needsBuild)
  const shown: SetupPlan = {
    flavor: choice.flavor,
    title: TITLES[choice.flavor],
    source: typeof source === 'string' ? 'nothing yet' : describeSource(source),
    ...cost,
    dir: home,
    obstacle: obstacle ?? roomObstacle(home, cost.downloadBytes + cost.diskBytes),
  }
  const usable = shown.obstacle === null && typeof source !== 'string' ? source : null
  return { choice, shown, source: usable, gypPython: found[0]?.path ?? null }
}

function flavorObstacle({ flavor, wheel }: SetupChoice): string | null {
  const { platform, arch } = process
  if (flavor === 'cuda' && !(platform === 'linux' && arch === 'x64')) {
    return "NVIDIA's libraries come from pip for Linux on x64 only"
  }
  if (flavor === 'stock' && platform !== 'win32' && !onPath('npm')) return 'npm is not on PATH'
  if (wheel !== null && !existsSync(wheel)) return `there is no such wheel: ${wheel}`
  if (wheel !== null && !wheel.endsWith('.whl')) return `a wheel's name ends with .whl: ${wheel}`
  return null
}

function sourceOf(choice: SetupChoice, pythons: readonly FoundPython[], lacksCompiler: boolean): Source | string {
  const { flavor, python, wheel } = choice
  if (flavor === 'stock') return { kind: 'npm' }
  const withPip = pythons.find(({ pip }) => pip !== null) ?? null
  if (wheel !== null) return { kind: 'wheel', file: wheel, pip: withPip }
  const owner = pythons.find(({ tensorflow }) => tensorflow && (flavor === 'cpu' || tensorflow.hasCuda))
  if (owner?.tensorflow) return { kind: 'python', ...owner.tensorflow }
  if (withPip) return { kind: 'pip', python: withPip }
  if (python !== null) return `this Python has neither TensorFlow nor pip (\`${python} -m ensurepip\` brings pip)`
  const remedy = howToInstall({ pip: true, compiler: lacksCompiler }, setupCommand(flavor))
  const what = pythons.length === 0 ? 'there is no Python 3 here' : `the Python here has no pip`
  return `${what} to fetch TensorFlow with (${remedy})`
}

function buildObstacle({ flavor }: SetupChoice, pythons: readonly FoundPython[]): string | null {
  const missing = { pip: pythons.length === 0, compiler: !hasCompiler() }
  if (!missing.pip && !missing.compiler) return null
  const what = missing.compiler ? 'there is no C++ compiler with make here' : 'there is no Python 3 here'
  return `${what} to build the native module with (${howToInstall(missing, setupCommand(flavor))})`
}

function describeSource(source: Source): string {
  switch (source.kind) {
    case 'python':
      return `the TensorFlow ${source.version} in ${source.dir}`
    case 'wheel':
      return `the wheel ${basename(source.file)}`
    case 'pip':
      return `a download by the pip of ${source.python.path}`
    case 'npm':
      return "a download by tfjs-node's own install script"
  }
}

function costOf(
  flavor: TensorflowFlavor,
  source: Source | null,
  needsBuild: boolean,
): Pick<SetupPlan, 'downloadBytes' | 'diskBytes' | 'secs'> {
  const linked = source?.kind === 'python'
  const downloadBytes = linked || (source?.kind === 'wheel' && flavor === 'cpu') ? 0 : SIZES[flavor].download
  const diskBytes = linked ? LINK_BYTES : SIZES[flavor].disk
  const secs =
    downloadBytes / DOWNLOAD_BYTES_PER_SEC +
    (linked ? 0 : diskBytes / UNPACK_BYTES_PER_SEC) +
    (needsBuild ? BUILD_SECS : 0) +
    CHECK_SECS
  return { downloadBytes, diskBytes, secs: Math.ceil(secs) }
}

function roomObstacle(home: string, neededBytes: number): string | null {
  const free = freeBytes(home)
  if (free === null || free >= neededBytes) return null
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
  return `it needs ${gigabytes(neededBytes)} of disk while it goes on, and ${gigabytes(free)} are free (MINIMA_TENSORFLOW_HOME names another place): ${home}`
}
