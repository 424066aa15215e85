/** Keeps with a run what it was made from: the script and the files of its own that it imported. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { SourceFile } from './script-protocol.ts'

/** Writes copies below `dir` as they lie to one another. */
export function keepSource(files: readonly SourceFile[], dir: string): void {
  const root = commonFolder(files.map(({ path }) => dirname(path)))
  for (const { path, text } of files) {
    const copy = join(dir, relative(root, path))
    mkdirSync(dirname(copy), { recursive: true })
    writeFileSync(copy, text)
  }
}

function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split(sep))
  const differs = first.findIndex((part, index) => others.some((folder) => folder[index] !== part))
  return (differs < 0 ? first : first.slice(0, differs)).join(sep) || sep
}
