/** `script.mjs FILE HPARAMS`: runs a script, apart from the engine, and says what experiment it exports. */
import { pathToFileURL } from 'node:url'
import type { Hparams } from '../../../contract/run.ts'
import { plainValue } from './plain-value.ts'
import { checkExports, hasCode, isModelData, type ScriptExports } from './script-exports.ts'
import { failureOf } from './script-failure.ts'
import { hookScripts } from './script-hooks.ts'
import type { ScriptAnswer } from './script-protocol.ts'

const [, , path = '', hparams = '{}'] = process.argv
const { files } = hookScripts({ tf: null })

async function read(): Promise<ScriptAnswer> {
  try {
    const exports = (await import(pathToFileURL(path).href)) as ScriptExports
    if (exports.default === undefined) {
      throw new Error('the script exports no experiment: expected `export default experiment({ ... })`')
    }
    checkExports(exports)
    const value = plainValue(await exports.default)
    const built = await withModel(value, exports)
    return { type: 'read', ...built, files: [...files.values()] }
  } catch (error) {
    return failureOf(error, path, [...files.keys()])
  }
}

interface Experiment {
  readonly model?: { readonly layers?: unknown }
  readonly hparams?: Hparams
}

/** A model that is data becomes that of the experiment; another is built by the trainer. */
async function withModel(value: unknown, exports: ScriptExports): Promise<{ value: unknown; hasCode: boolean }> {
  const { build } = exports
  if (build === undefined || typeof value !== 'object' || value === null) return { value, hasCode: hasCode(exports) }
  const given = value as Experiment
  if (given.model?.layers !== undefined) {
    throw new Error('the script has two models: model.layers of its experiment, and build(hp); leave one of them out')
  }
  const made = await build({ ...given.hparams, ...(JSON.parse(hparams) as Hparams) })
  if (isModelData(made)) {
    return {
      value: { ...given, model: { ...given.model, ...(plainValue(made) as object) } },
      hasCode: hasCode(exports),
    }
  }
  return { value: { ...given, model: { ...given.model, layers: [], from: 'script' } }, hasCode: true }
}

process.on('uncaughtException', (error) => say(failureOf(error, path, [...files.keys()])))
say(await read())

function say(answer: ScriptAnswer): void {
  process.send?.(answer, () => process.exit(0))
}
