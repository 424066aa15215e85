/** What a script has for the process that trains or predicts: `build`, `fit`, and callbacks with their names. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { loadScript, type ScriptCode } from '../scripts/load-script.ts'
import type { Build } from '../models/script/script-model.ts'
import type { Tf } from '../models/tf.ts'
import type { Callback } from './callbacks/callback.ts'
import type { OwnFit } from './own-fit.ts'

export interface ScriptParts {
  readonly build: Build | null
  readonly fit: OwnFit | null
  readonly callbacks: readonly Callback[]
  /** Errors of the script's code, at its line; others as they are. */
  fault(error: unknown): unknown
}

const NONE: ScriptParts = { build: null, fit: null, callbacks: [], fault: (error) => error }

/** @throws MinimaError `experiment-invalid` when the script cannot be run */
export async function scriptParts(code: ScriptCode | undefined, { hparams }: Experiment, tf: Tf): Promise<ScriptParts> {
  if (code === undefined) return NONE
  const { exports, fault } = await loadScript(code, tf)
  const { build = null, fit = null, callbacks = [] } = exports
  try {
    const given: unknown = typeof callbacks === 'function' ? await (callbacks as Build)(hparams) : callbacks
    if (!Array.isArray(given)) throw new TypeError('callbacks(hp) gave no list')
    return { build, fit: fit as OwnFit | null, callbacks: (given as Partial<Callback>[]).map(named), fault }
  } catch (error) {
    throw fault(error)
  }
}

/** Checkpoints and messages call it by its class where it has no name of its own. */
function named(callback: Partial<Callback>, index: number): Callback {
  const { name = callback.constructor?.name } = callback
  const own = name === undefined || name === 'Object' ? `callback ${index + 1}` : name
  if (callback.name === undefined) Object.defineProperty(callback, 'name', { value: own, configurable: true })
  return callback as Callback
}
