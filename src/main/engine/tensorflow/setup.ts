/**
 * Sets TensorFlow up in stages. Each finished stage stays in the staging folder, so that a setup that was cancelled or
 * killed goes on where it was; the setup in use is left alone until the new one has passed its check.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { TensorflowFlavor } from '../../../contract/tensorflow.ts'
import { BINDING_FILE, currentPath, readSetup, type SetupRecord } from '../training/backends/tensorflow-home.ts'
import { bindingCache } from './binding-cache.ts'
import { buildBinding } from './build-binding.ts'
import { checkCandidate } from './check-candidate.ts'
import { folderBytes } from './folder-bytes.ts'
import { bringLibraries, type Libraries } from './libraries.ts'
import { shippedBinding } from './machine.ts'
import type { Plan, Source, Surroundings } from './plans.ts'
import type { StageReport } from './progress.ts'
import { removeOtherSetups } from './remove.ts'
import { lockSetup } from './setup-lock.ts'
import { installStock } from './stock.ts'

export interface SetupTools extends Surroundings {
  readonly trainerScript: string
  readonly report: StageReport
  readonly signal: AbortSignal
}

/** @throws MinimaError with what stood in the way; what the signal was aborted with when it was cancelled */
export async function setUp(plan: Plan, source: Source, tools: SetupTools): Promise<SetupRecord> {
  const unlock = lockSetup(tools.home)
  try {
    return source.kind === 'npm' ? await setUpStock(tools) : await setUpLibraries(plan, source, tools)
  } finally {
    unlock()
  }
}

async function setUpStock(tools: SetupTools): Promise<SetupRecord> {
  tools.report.stage('downloading', "tfjs-node's own install script fetches libtensorflow")
  const { binding, version } = await installStock(tools.signal)
  const dir = join(dirname(binding), '../..')
  const bytes = folderBytes(join(dir, 'deps')) + folderBytes(join(dir, 'lib'))
  const candidate = {
    flavor: 'stock',
    version,
    source: "tfjs-node's own install",
    dir,
    bytes,
    device: '',
    binding,
  } as const
  return putInUse(await check(candidate, tools), tools)
}

async function setUpLibraries(
  plan: Plan,
  source: Exclude<Source, { kind: 'npm' }>,
  tools: SetupTools,
): Promise<SetupRecord> {
  const flavor = flavorOf(plan, source)
  const staging = join(tools.home, `staging-${flavor}`)
  mkdirSync(staging, { recursive: true })
  const libraries = await bringLibraries(plan, source, staging, tools.report, tools.signal)
  link(staging, libraries.dir)
  const candidate: SetupRecord = {
    flavor,
    version: libraries.version,
    source: libraries.origin,
    dir: staging,
    bytes: 0,
    device: '',
    binding: join(staging, BINDING_FILE),
  }
  const checked = await checkWithSomeBinding(candidate, libraries, plan.gypPython, tools)
  const dir = join(tools.home, nextName(tools.home, `${flavor}-${checked.version}`))
  renameSync(staging, dir)
  return putInUse({ ...checked, dir, bytes: folderBytes(dir), binding: join(dir, BINDING_FILE) }, tools)
}

/** A TensorFlow in a Python that brings CUDA is a setup for CUDA, asked for or not. */
function flavorOf({ choice }: Plan, source: Source): TensorflowFlavor {
  return source.kind === 'python' && source.hasCuda ? 'cuda' : choice.flavor
}

/** Links of a folder, not of files: the libraries look for NVIDIA's beside the folder that is really theirs. */
function link(staging: string, libraries: string): void {
  const path = join(staging, 'deps', 'lib')
  rmSync(path, { recursive: true, force: true })
  mkdirSync(dirname(path), { recursive: true })
  const isInside = libraries.startsWith(staging)
  symlinkSync(isInside ? relative(dirname(path), libraries) : libraries, path)
}

/** The module that ships, the one built before, or one built now: the first that passes. */
async function checkWithSomeBinding(
  candidate: SetupRecord,
  libraries: Libraries,
  python: string | null,
  tools: SetupTools,
): Promise<SetupRecord> {
  const ready = [
    { path: shippedBinding(tools.nativeDir), what: 'the native module that ships with Minima' },
    { path: bindingCache(tools.home), what: 'the native module that was built before' },
  ]
  let failure: Error | null = null
  for (const { path, what } of ready) {
    if (path === null || !existsSync(path)) continue
    tools.report.stage('building', `taking ${what}`)
    put(path, candidate.binding)
    try {
      return await check(candidate, tools)
    } catch (error) {
      if (tools.signal.aborted) throw error
      failure = error as Error
    }
  }
  tools.report.stage('building', 'building the native module with node-gyp')
  const build = buildBinding({ home: tools.home, libraries: libraries.dir, python, signal: tools.signal })
  const built = await build.catch((error: Error) => {
    if (tools.signal.aborted || !failure) throw error
    throw new MinimaError('backend-unavailable', `${failure.message} (and another native module: ${error.message})`)
  })
  tools.report.say('built the native module with node-gyp')
  put(built, candidate.binding)
  return check(candidate, tools)
}

function put(module: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true }) // a process may have the old one mapped
  copyFileSync(module, path)
}

async function check(candidate: SetupRecord, { report, trainerScript, signal }: SetupTools): Promise<SetupRecord> {
  report.stage('checking', 'one matrix product, one convolution, one training step')
  const checked = await checkCandidate(candidate, trainerScript, signal)
  report.say(`TensorFlow ${checked.version} works: ${checked.device}`)
  return checked
}

function nextName(home: string, wanted: string): string {
  const taken = new Set(readdirSync(home))
  let name = wanted
  for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`
  return name
}

function putInUse(record: SetupRecord, { home, report }: SetupTools): SetupRecord {
  report.stage('switching', `TensorFlow ${record.version} is in use: ${record.dir}`)
  const before = readSetup()
  const path = currentPath(home)
  writeFileSync(`${path}.partial`, JSON.stringify(record, null, 2))
  renameSync(`${path}.partial`, path)
  removeOtherSetups(home, record, before)
  return record
}
