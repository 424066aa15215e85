/** Settings given beside the file, such as `fit.epochs` → 3, put into its values. */
import type { Problem } from '../../../contract/requests.ts'
import type { KeyPath } from './positions.ts'
import { makeProblem } from './problems.ts'

type Branch = Record<string, unknown> | unknown[]

export interface Overridden {
  readonly value: unknown
  /** Paths that were set. */
  readonly paths: readonly KeyPath[]
  readonly problems: readonly Problem[]
}

/** `model.layers.0.units` and `model.layers[0].units` are the same. */
function parsePath(dotted: string): string[] {
  return dotted
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((key) => key !== '')
}

/** Mappings that are missing on the way are made; `value` itself is left as it is. */
export function applyOverrides(value: unknown, overrides: Readonly<Record<string, unknown>>): Overridden {
  const entries = Object.entries(overrides)
  if (entries.length === 0) return { value, paths: [], problems: [] }
  const root = copy(value)
  const tree: Branch = isBranch(root) ? root : {}
  const problems: Problem[] = []
  const paths: KeyPath[] = []
  for (const [dotted, setting] of entries) {
    const path = parsePath(dotted)
    const named = path.length > 0 && !path.includes('__proto__')
    const fault = named ? setIn(tree, path, copy(setting)) : 'it names no setting'
    if (fault === null) paths.push(path)
    else problems.push(makeProblem(dotted, null, `cannot be set: ${fault}`))
  }
  return { value: tree, paths, problems }
}

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null
}

/** Without what aliases share. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (!isBranch(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copy(child)]))
}

/** @returns why it cannot be, else null */
function setIn(tree: Branch, path: readonly string[], setting: unknown): string | null {
  let branch = tree
  for (const [depth, key] of path.entries()) {
    const fault = Array.isArray(branch) ? indexFault(branch, key) : null
    if (fault !== null) return `${path.slice(0, depth).join('.')} ${fault}`
    const here = branch as Record<string, unknown>
    if (depth === path.length - 1) {
      here[key] = setting
      break
    }
    const next = opened(Object.hasOwn(here, key) ? here[key] : undefined)
    if (next === null) return `${path.slice(0, depth + 1).join('.')} is neither a mapping nor a list`
    here[key] = next
    branch = next
  }
  return null
}

/** What settings can be put into: a name stands for a mapping of that type (`optimizer: adam`). */
function opened(value: unknown): Branch | null {
  if (isBranch(value)) return value
  if (value === undefined || value === null) return {}
  return typeof value === 'string' ? { type: value } : null
}

function indexFault(list: readonly unknown[], key: string): string | null {
  if (!/^\d+$/.test(key)) return `is a list; ${JSON.stringify(key)} is no place in it`
  return Number(key) <= list.length
    ? null
    : `has ${list.length} ${list.length === 1 ? 'entry' : 'entries'}; ${key} is beyond its end`
}
