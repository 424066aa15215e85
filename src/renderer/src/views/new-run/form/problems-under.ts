/** The problems of a file, for the fields that they are about. */
import type { Problem } from '../../../../../contract/requests.ts'
import type { Path } from './file-edit.ts'

/**
 * Of the object at `path` by its keys; '' for those of itself, or of what lies deeper in a list of its own.
 * `model.layers[2] (dense "out")` is a problem of the entry 2.
 */
export function problemsUnder(problems: readonly Problem[], path: Path): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { path: shown, message } of problems) {
    const at = parsePath(shown)
    if (path.some((key, index) => at[index] !== String(key))) continue
    const key = at[path.length] ?? ''
    found[key] = found[key] === undefined ? message : `${found[key]}\n${message}`
  }
  return found
}

function parsePath(shown: string): string[] {
  return shown
    .replace(/ \(.*$/, '')
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
}
