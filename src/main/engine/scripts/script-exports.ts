/** What a script may export beside its experiment, and how it is held against what it should be. */
import type { Hparams } from '../../../contract/run.ts'

export interface ScriptExports {
  readonly default?: unknown
  /** The model: `{layers: [...]}`, an object of a class that extends `Model`, or a LayersModel. */
  readonly build?: (hp: Hparams) => unknown
  /** The training, in place of Keras's loop. */
  readonly fit?: (hp: Hparams, model: unknown, training: unknown) => unknown
  /** Callbacks, beside those that the experiment names, or a function from hparams to them. */
  readonly callbacks?: unknown
}

/** @throws TypeError naming the export that is not what it should be */
export function checkExports(exports: ScriptExports): void {
  for (const name of ['build', 'fit'] as const) {
    if (exports[name] !== undefined && typeof exports[name] !== 'function') {
      throw new TypeError(
        `the script exports ${name}, which is no function: expected ${name}(hp${name === 'fit' ? ', model, training' : ''})`,
      )
    }
  }
  const { callbacks } = exports
  if (callbacks === undefined || typeof callbacks === 'function') return
  if (!Array.isArray(callbacks) || callbacks.some((one) => typeof one !== 'object' || one === null)) {
    throw new TypeError('the script exports callbacks, which are no list of objects, nor a function that gives one')
  }
}

export function hasCode({ fit, callbacks }: ScriptExports): boolean {
  return fit !== undefined || callbacks !== undefined
}

/** Whether `build` gave a model as an experiment file has it. */
export function isModelData(made: unknown): made is { readonly layers: unknown } {
  return (
    typeof made === 'object' && made !== null && Object.getPrototypeOf(made) === Object.prototype && 'layers' in made
  )
}
