/**
 * How a script's imports are found and read: `minima-lab` and TensorFlow.js are Minima's own, endings may be left out, types
 * are stripped by Node. Every file of the user's that is run is kept with its text.
 */
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'
import { scriptLibrary } from '../models/script/library.ts'
import type { Tf } from '../models/tf.ts'
import { ScriptError } from './script-failure.ts'
import type { SourceFile } from './script-protocol.ts'

const LIBRARY = 'minima-lab'
const LIBRARY_URL = 'minima-lab:script'
const TFJS = /^@tensorflow\/tfjs(?:-core|-layers|-node|-node-gpu|-backend-\w+|-data|-converter)?$/
const TFJS_URL = 'minima-lab:tfjs'
const ENDINGS = ['.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js']
const TYPED = /\.[cm]?ts$/

export interface HookOptions {
  /** What a script gets that imports TensorFlow.js; null: one of its own, on the processor. */
  readonly tf: Tf | null
  /** Texts by path, to be run in place of what the files hold now. */
  readonly kept?: ReadonlyMap<string, string>
}

/** @returns the user's files that were run so far, by path, in the order in which they were read */
export function hookScripts({ tf, kept }: HookOptions): { readonly files: ReadonlyMap<string, SourceFile> } {
  const files = new Map<string, SourceFile>()
  const handOver = globalThis as Record<symbol, unknown>
  handOver[Symbol.for(LIBRARY_URL)] = scriptLibrary
  handOver[Symbol.for(TFJS_URL)] = tf
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === LIBRARY) return { url: LIBRARY_URL, shortCircuit: true }
      if (TFJS.test(specifier) && isOfUser(context.parentURL ?? '')) return { url: TFJS_URL, shortCircuit: true }
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
      if (url === LIBRARY_URL) return asModule(sourceOf(LIBRARY_URL, scriptLibrary))
      if (url === TFJS_URL) return asModule(tf === null ? OWN_TFJS : sourceOf(TFJS_URL, tf))
      if (!isOfUser(url)) return next(url, context)
      const path = fileURLToPath(url)
      const text = kept?.get(path) ?? readFileSync(path, 'utf8')
      files.set(path, { path, text })
      if (TYPED.test(path)) return asModule(stripTypeScriptTypes(text, { mode: 'strip', sourceUrl: url }))
      return kept?.has(path) && !path.endsWith('.cjs') ? asModule(text) : next(url, context)
    },
  })
  return { files }
}

/** TensorFlow.js for a script that is only asked what it wants. */
const OWN_TFJS = `
export * from '${import.meta.resolve('@tensorflow/tfjs-core')}'
export * from '${import.meta.resolve('@tensorflow/tfjs-layers')}'
import '${import.meta.resolve('@tensorflow/tfjs-backend-cpu')}'
`

/** A module that exports what was handed over, each under its name. */
function sourceOf(url: string, exported: object): string {
  const names = Object.keys(exported).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default')
  return `const handed = globalThis[Symbol.for('${url}')]
export const { ${names.join(', ')} } = handed
export default handed
`
}

function asModule(source: string) {
  return { format: 'module', source, shortCircuit: true } as const
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
