/** What a script has of `minima-lab`: types of the same are in `packages/minima-lab/script.d.ts`. */
import { layer } from '../../../../contract/experiment/layers.ts'
import { Model } from './model.ts'
import { createScriptLayer, type ScriptLayer } from './script-layer.ts'

const TYPES = layer.options.map((option) => option.shape.type.value)

/** By type: `layers.dense({ units: 30, activation: 'relu' })`. */
export const layers: Readonly<Record<string, (settings?: unknown) => ScriptLayer>> = Object.fromEntries(
  TYPES.map((type) => [type, (settings?: unknown) => createScriptLayer(type, settings)]),
)

export const scriptLibrary = {
  experiment: (file: unknown): unknown => file,
  // A run of its own would be a second one beside the one that trains it.
  createRun(): never {
    throw new Error('createRun is for programs that run by themselves; minima train makes the run of a script')
  },
  Model,
  layers,
} as const
