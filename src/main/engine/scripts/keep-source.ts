/** Keeps with a run what it was made from: the script and the files of its own that it imported. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { ScriptCode } from './load-script.ts'
import type { SourceFile } from './script-protocol.ts'

/** Says of each copy where it was. */
const LIST = 'source.json'

interface SourceList {
  /** Whether the training runs code of it. */
  readonly hasCode: boolean
  readonly files: readonly { readonly path: string; readonly copy: string }[]
}

/** Writes copies into `source` of the run's folder, as they lie to one another. */
export function keepSource(files: readonly SourceFile[], hasCode: boolean, runDir: string): void {
  if (files.length === 0) return
  const root = commonFolder(files.map(({ path }) => dirname(path)))
  const copies = files.map(({ path, text }) => {
    const copy = join('source', relative(root, path))
    mkdirSync(dirname(join(runDir, copy)), { recursive: true })
    writeFileSync(join(runDir, copy), text)
    return { path, copy }
  })
  const list: SourceList = { hasCode, files: copies }
  writeFileSync(join(runDir, LIST), JSON.stringify(list, null, 2))
}

/**
 * The code that a run was trained with, to be run once more; undefined for a run without any. A workspace may be somebody
 * else's: unless it is allowed, only what still is, word for word, in the files that it came from is run.
 *
 * @throws MinimaError `bad-request` when it is not
 */
export function keptCode(runDir: string, allowed: boolean): ScriptCode | undefined {
  const file = join(runDir, LIST)
  if (!existsSync(file)) return undefined
  const list = JSON.parse(readFileSync(file, 'utf8')) as SourceList
  const [script] = list.files
  if (!list.hasCode || script === undefined) return undefined
  const files = list.files.map(({ path, copy }) => ({ path, text: readFileSync(join(runDir, copy), 'utf8') }))
  const other = files.find(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
  if (other && !allowed) {
    throw new MinimaError(
      'bad-request',
      `this run is of a script, and ${other.path} is not what it was then. The copy that the run kept is in ${join(runDir, 'source')}: look at it, and add --run-script to run it`,
    )
  }
  return { path: script.path, files }
}

function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split(sep))
  const differs = first.findIndex((part, index) => others.some((folder) => folder[index] !== part))
  return (differs < 0 ? first : first.slice(0, differs)).join(sep) || sep
}
