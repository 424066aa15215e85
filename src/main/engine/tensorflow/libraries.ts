/**
 * Brings the libraries of TensorFlow into a staging folder: a link to those in a Python, or `site/` out of wheels, laid
 * out as site-packages because that is where the libraries look for NVIDIA's. What is finished is not done again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import { libraryNames } from '../training/backends/tensorflow-home.ts'
import { fetchWheel } from './fetch-wheel.ts'
import type { Plan, Source } from './plans.ts'
import type { StageReport } from './progress.ts'
import { parseWheelName, readFromWheel, unpackWheel } from './wheel.ts'

export interface Libraries {
  /** The folder of libtensorflow_cc and _framework. */
  readonly dir: string
  readonly version: string
  /** In words, for the record. */
  readonly origin: string
}

type FromWheels = Exclude<Source, { kind: 'npm' | 'python' }>

export async function bringLibraries(
  plan: Plan,
  source: Exclude<Source, { kind: 'npm' }>,
  staging: string,
  report: StageReport,
  signal: AbortSignal,
): Promise<Libraries> {
  if (source.kind === 'python') {
    report.say(`found TensorFlow ${source.version}: ${source.dir}`)
    return { dir: source.dir, version: source.version, origin: plan.shown.source }
  }
  report.say(source.kind === 'wheel' ? `found the wheel: ${source.file}` : `found pip: ${source.python.path}`)
  const site = join(staging, 'site')
  const kept = readSite(site, source)
  if (kept) {
    report.stage('unpacking', `kept from the setup before: TensorFlow ${kept.version}`)
    return kept
  }
  const wheels = await bringWheels(plan, source, join(staging, 'wheels'), report, signal)
  const libraries = await unpack(wheels, site, source, report, signal)
  rmSync(join(staging, 'wheels'), { recursive: true, force: true })
  return libraries
}

/** TensorFlow's wheel, and for CUDA those of NVIDIA that it asks for. */
async function bringWheels(
  plan: Plan,
  source: FromWheels,
  dir: string,
  report: StageReport,
  signal: AbortSignal,
): Promise<readonly [tensorflow: string, ...nvidia: string[]]> {
  const { flavor } = plan.choice
  mkdirSync(dir, { recursive: true })
  let fetchedBytes = 0
  const fetch = async (requirement: string): Promise<string> => {
    const have = wheelFor(requirement, dir) ?? (source.kind === 'wheel' ? beside(source.file, requirement) : null)
    if (have) {
      report.stage('downloading', `kept from the setup before: ${basename(have)}`)
    } else {
      const python = source.kind === 'pip' ? source.python : source.pip
      if (!python) throw new MinimaError('backend-unavailable', `no pip here to fetch ${requirement} with`)
      report.stage('downloading', `pip fetches ${requirement}`)
      const onBytes = (done: number, total: number | null): void => {
        const wholeBytes = flavor === 'cuda' ? plan.shown.downloadBytes : total
        report.bytes(fetchedBytes + done, wholeBytes === null ? plan.shown.downloadBytes : wholeBytes)
      }
      const wheel = await fetchWheel(python, requirement, { into: dir, onBytes, signal })
      report.say(`fetched ${basename(wheel)}`)
      fetchedBytes += statSync(wheel).size
      return wheel
    }
    fetchedBytes += statSync(have).size
    return have
  }
  const tensorflow = source.kind === 'wheel' ? source.file : await fetch(packageFor(flavor))
  if (flavor !== 'cuda') return [tensorflow]
  const nvidia: string[] = []
  for (const requirement of await cudaRequirements(tensorflow)) nvidia.push(await fetch(requirement))
  report.say(`fetched TensorFlow and ${nvidia.length} wheels of NVIDIA's`)
  return [tensorflow, ...nvidia]
}

/** Elsewhere `tensorflow` itself is for the CPU. */
function packageFor(flavor: string): string {
  const hasTwo = process.platform === 'linux' && process.arch === 'x64'
  return flavor === 'cpu' && hasTwo ? 'tensorflow-cpu' : 'tensorflow'
}

function wheelFor(requirement: string, dir: string): string | null {
  const name = (/^[\w.-]+/.exec(requirement)?.[0] ?? '').replace(/[-.]+/g, '_').toLowerCase()
  const file = readdirSync(dir).find((one) => one.endsWith('.whl') && parseWheelName(one).package === name)
  return file ? join(dir, file) : null
}

/** Without a network NVIDIA's wheels may lie beside the one that was named. */
function beside(wheel: string, requirement: string): string | null {
  return wheelFor(requirement, dirname(wheel))
}

/** What `pip install tensorflow[and-cuda]` would bring, as the wheel itself says. */
async function cudaRequirements(wheel: string): Promise<string[]> {
  const metadata = await readFromWheel(wheel, /\.dist-info\/METADATA$/)
  const lines = metadata.matchAll(/^Requires-Dist: *(nvidia-[^;]+?) *;.*extra *== *["']and-cuda["']/gm)
  const requirements = [...lines].map(([, requirement = '']) => requirement.replace(/[()\s]/g, ''))
  if (requirements.length > 0) return requirements
  throw new MinimaError('data-invalid', `this wheel names no libraries of NVIDIA (extra and-cuda): ${wheel}`)
}

async function unpack(
  wheels: readonly [string, ...string[]],
  site: string,
  source: FromWheels,
  report: StageReport,
  signal: AbortSignal,
): Promise<Libraries> {
  const partial = `${site}.partial`
  rmSync(partial, { recursive: true, force: true })
  const wholeBytes = wheels.reduce((sum, file) => sum + statSync(file).size, 0)
  let doneBytes = 0
  for (const file of wheels) {
    report.stage('unpacking', `unpacking ${basename(file)}`)
    const { size } = statSync(file)
    const onBytes = (done: number, total: number): void =>
      report.bytes(doneBytes + Math.round((size * done) / Math.max(1, total)), wholeBytes)
    await unpackWheel(file, { wanted: isWanted, into: partial, onBytes, signal })
    doneBytes += size
  }
  const missing = libraryNames().find((name) => !existsSync(join(partial, 'tensorflow', name)))
  if (missing) throw new MinimaError('data-invalid', `this wheel holds no ${missing}: ${wheels[0]}`)
  const { version } = parseWheelName(wheels[0])
  const from = source.kind === 'wheel' ? markOf(source.file) : 'pip'
  writeFileSync(join(partial, 'site.json'), JSON.stringify({ version, from }))
  renameSync(partial, site)
  report.say(`unpacked TensorFlow ${version}`)
  return { dir: join(site, 'tensorflow'), version, origin: originOf(source, version) }
}

/** The libraries, the headers that the binding includes, and NVIDIA's libraries and tools. */
function isWanted(name: string): boolean {
  return (
    libraryNames().some((library) => name === `tensorflow/${library}`) ||
    /^tensorflow\/include\/(tensorflow\/(c|core\/platform|tsl)|tsl|xla\/tsl|xla\/c)\/.*\.h$/.test(name) ||
    /^nvidia\/(?![^/]+\/include\/)/.test(name)
  )
}

/** A finished `site`, when it is from the same source. */
function readSite(site: string, source: FromWheels): Libraries | null {
  try {
    const { version, from } = JSON.parse(readFileSync(join(site, 'site.json'), 'utf8')) as Record<string, string>
    const same = from === (source.kind === 'wheel' ? markOf(source.file) : 'pip')
    if (same && version) return { dir: join(site, 'tensorflow'), version, origin: originOf(source, version) }
  } catch {
    // none, or not one of ours: unpacked anew
  }
  rmSync(site, { recursive: true, force: true })
  return null
}

function markOf(wheel: string): string {
  return `${basename(wheel)} ${statSync(wheel).size}`
}

function originOf(source: FromWheels, version: string): string {
  return source.kind === 'wheel' ? `the wheel ${basename(source.file)}` : `TensorFlow ${version} from pip`
}
