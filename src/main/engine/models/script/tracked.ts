/** Finds what a model of a person's own consists of: the layers and variables in its fields, as Keras does. */
import type { Tf, TfLayer, Variable } from '../tf.ts'
import { Model } from './model.ts'
import { isScriptLayer, type ScriptLayer } from './script-layer.ts'

export interface Tracked {
  /** In the order of the fields; those in lists, maps, objects and models within included. */
  readonly layers: readonly (ScriptLayer | TfLayer)[]
  /** By the path of their field: `scale`, `blocks.0.gain`. */
  readonly variables: ReadonlyMap<string, Variable>
}

export function trackedIn(tf: Tf, model: Model): Tracked {
  const seen = new Set<unknown>()
  const layers: (ScriptLayer | TfLayer)[] = []
  const variables = new Map<string, Variable>()
  const visit = (value: unknown, path: string): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return
    seen.add(value)
    if (isScriptLayer(value) || value instanceof tf.layers.Layer) layers.push(value)
    else if (value instanceof tf.Variable) variables.set(path, value)
    else for (const [key, inner] of entriesOf(value)) visit(inner, path === '' ? key : `${path}.${key}`)
  }
  visit(model, '')
  return { layers, variables }
}

function entriesOf(value: object): (readonly [string, unknown])[] {
  if (value instanceof Map || value instanceof Set) {
    return [...value.entries()].map(([key, inner]) => [String(key), inner as unknown] as const)
  }
  const isPlain = Object.getPrototypeOf(value) === Object.prototype
  return Array.isArray(value) || isPlain || value instanceof Model ? Object.entries(value) : []
}
