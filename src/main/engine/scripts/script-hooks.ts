/**
 * How a script's imports are found and read: `minima-lab` is Minima's own, endings may be left out, types are stripped by
 * Node. Every file of the user's that is run is kept with its text.
 */
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { ScriptError } from './script-failure.ts'
import type { SourceFile } from './script-protocol.ts'

const LIBRARY = 'minima-lab'
const LIBRARY_URL = 'minima-lab:script'
/** What a script has of the package: a run of its own would be a second one beside the one that trains it. */
const LIBRARY_SOURCE = `
export const experiment = (file) => file
export const createRun = () => {
  throw new Error('createRun is for programs that run by themselves; minima train makes the run of a script')
}
`
const ENDINGS = ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js']
const TYPED = /\.[cm]?ts$/

/** @returns the user's files that were run so far, by path, in the order in which they were read */
export function hookScripts(): { readonly files: ReadonlyMap<string, SourceFile> } {
  const files = new Map<string, SourceFile>()
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === LIBRARY) return { url: LIBRARY_URL, shortCircuit: true }
      const { parentURL } = context
      if (!/^\.{1,2}\//.test(specifier) || parentURL === undefined || !isOfUser(parentURL))
        return next(specifier, context)
      for (const candidate of candidatesOf(specifier)) {
        try {
          return next(candidate, context)
        } catch (error) {
          if (!isNotFound(error)) throw error
        }
      }
      const path = fileURLToPath(parentURL)
      const at = { path, line: lineOf(files.get(path)?.text ?? '', specifier) }
      throw new ScriptError(`there is no ${specifier} to import; tried it with ${ENDINGS.join(', ')} too`, at)
    },
    load(url, context, next) {
      if (url === LIBRARY_URL) return { format: 'module', source: LIBRARY_SOURCE, shortCircuit: true }
      if (!isOfUser(url)) return next(url, context)
      const path = fileURLToPath(url)
      const text = readFileSync(path, 'utf8')
      files.set(path, { path, text })
      if (!TYPED.test(path)) return next(url, context)
      const source = stripTypeScriptTypes(text, { mode: 'strip', sourceUrl: url })
      return { format: 'module', source, shortCircuit: true }
    },
  })
  return { files }
}

/** Files, that is, which are no package's. */
function isOfUser(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/')
}

/** As it is, with endings, and `x.ts` where `x.js` is meant as TypeScript means it. */
function candidatesOf(specifier: string): string[] {
  return [specifier, ...ENDINGS.map((ending) => specifier + ending), specifier.replace(/\.([cm]?)js$/, '.$1ts')]
}

function isNotFound(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT'
}

function lineOf(text: string, specifier: string): number {
  const at = text.search(new RegExp(`['"]${specifier.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}['"]`))
  return text.slice(0, Math.max(at, 0)).split('\n').length
}
