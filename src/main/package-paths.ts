/** Where the parts of the installed package lie, told from where this program does (`out/engine/*.mjs`). */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface PackagePaths {
  readonly version: string
  readonly rootDir: string
  readonly engineScript: string
  readonly trainerScript: string
  readonly scriptProgram: string
  readonly pageDir: string
  readonly examplesDir: string
  /** Native modules that ship, in `<platform>-<arch>/`. */
  readonly nativeDir: string
}

export function packagePaths(): PackagePaths {
  const rootDir = findRoot(import.meta.dirname)
  const { version } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')) as { version: string }
  return {
    version,
    rootDir,
    engineScript: join(rootDir, 'out/engine/engine.mjs'),
    trainerScript: join(rootDir, 'out/engine/trainer.mjs'),
    scriptProgram: join(rootDir, 'out/engine/script.mjs'),
    pageDir: join(rootDir, 'out/renderer'),
    examplesDir: join(rootDir, 'examples'),
    nativeDir: join(rootDir, 'resources/native'),
  }
}

/** Programs may be split into chunks one folder down. */
function findRoot(from: string): string {
  let dir = from
  for (;;) {
    const up = resolve(dir, '..')
    if (/[\\/]out$/.test(dir)) return up
    if (up === dir) throw new Error(`not inside an out folder: ${from}`)
    dir = up
  }
}
