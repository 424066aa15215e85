/** What went wrong in a script, in words and at the user's own line. */
import { pathToFileURL } from 'node:url'
import { MinimaError } from '../../../contract/errors.ts'
import type { ScriptFailed } from './script-protocol.ts'

/** An error that knows where in the user's files it belongs. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError'
  readonly at: ScriptFailed['at']

  constructor(message: string, at: ScriptFailed['at']) {
    super(message)
    this.at = at
  }
}

/** What to write in place of what Node does not strip. */
const INSTEAD: readonly (readonly [what: RegExp, instead: string])[] = [
  [/enum/, "an object: const Color = { red: 'red' } as const"],
  [/parameter property/, 'a field that the constructor assigns'],
  [/namespace|module/, 'a file of its own, imported'],
  [/import =|export =/i, 'import … from'],
]

/** @param path of the script @param files of the user's that were read */
export function failureOf(error: unknown, path: string, files: readonly string[]): ScriptFailed {
  if (error instanceof ScriptError) return { type: 'failed', message: error.message, at: error.at }
  if (!(error instanceof Error)) return { type: 'failed', message: String(error), at: null }
  return { type: 'failed', message: messageOf(error), at: placeIn(error.stack ?? '', [path, ...files]) }
}

/** As an error of the experiment that the script at `path` was to give. */
export function scriptFault({ message, at }: ScriptFailed, path: string): MinimaError {
  const line = at?.path === path ? at.line : null
  const where = at === null ? path : `${at.path}:${at.line}`
  const problems = [{ path: '', line, column: null, message }]
  return new MinimaError('experiment-invalid', `${where}: ${message}`, { problems, path })
}

function messageOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    const what = error.message.replace(/ (is|are) not supported.*$/s, '').replace(/^TypeScript /, '')
    const instead = INSTEAD.find(([kind]) => kind.test(what))?.[1]
    const hint = instead === undefined ? '' : `; write ${instead}`
    return `TypeScript's ${what} is more than a type, and Node runs scripts by leaving types out${hint}`
  }
  if (code === 'ERR_INVALID_TYPESCRIPT_SYNTAX') return `this is not TypeScript: ${error.message}`
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`
}

/** The first place of a stack that lies in one of the files: the innermost of the user's own. */
function placeIn(stack: string, files: readonly string[]): ScriptFailed['at'] {
  const places = files.flatMap((path) =>
    [pathToFileURL(path).href, path].flatMap((name) => {
      const found = stack.indexOf(`${name}:`)
      const line = found < 0 ? null : /^\d+/.exec(stack.slice(found + name.length + 1))
      return line ? [{ found, path, line: Number(line[0]) }] : []
    }),
  )
  const [first] = places.toSorted((one, other) => one.found - other.found)
  return first ? { path: first.path, line: first.line } : null
}
