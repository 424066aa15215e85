/** `script.mjs FILE`: runs a script, apart from the engine, and says what experiment it exports. */
import { pathToFileURL } from 'node:url'
import { plainValue } from './plain-value.ts'
import { failureOf } from './script-failure.ts'
import { hookScripts } from './script-hooks.ts'
import type { ScriptAnswer } from './script-protocol.ts'

const path = process.argv[2] ?? ''
const { files } = hookScripts()

async function read(): Promise<ScriptAnswer> {
  try {
    const { default: exported } = (await import(pathToFileURL(path).href)) as { default?: unknown }
    if (exported === undefined) {
      throw new Error('the script exports no experiment: expected `export default experiment({ ... })`')
    }
    return { type: 'read', value: plainValue(await exported), files: [...files.values()] }
  } catch (error) {
    return failureOf(error, path, [...files.keys()])
  }
}

process.on('uncaughtException', (error) => say(failureOf(error, path, [...files.keys()])))
say(await read())

function say(answer: ScriptAnswer): void {
  process.send?.(answer, () => process.exit(0))
}
