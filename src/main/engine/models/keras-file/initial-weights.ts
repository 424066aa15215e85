/** Weights of a file put into a model, by the names of its layers. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { Tf, TfLayer } from '../tf.ts'
import type { LayerWeights } from './read-model-file.ts'

export interface WeightChoice {
  /** What is said of it in errors. */
  readonly source: string
  /** Only these; null: all that have weights. */
  readonly layers: readonly string[] | null
}

/**
 * @param layers of the model; shared ones may be there more than once
 * @returns names of the layers whose weights were set
 * @throws MinimaError `data-invalid` that names all layers which do not fit
 */
export function putWeights(tf: Tf, layers: readonly TfLayer[], weights: LayerWeights, choice: WeightChoice): string[] {
  const owned = [...new Set(layers)].flatMap((layer) => (layer.weights.length > 0 ? [{ name: layer.name, layer }] : []))
  const unknown = (choice.layers ?? []).filter((name) => !owned.some((own) => own.name === name))
  const chosen = owned.filter(({ name }) => choice.layers?.includes(name) ?? true)
  const fitting = chosen.filter(({ name, layer }) => faultOf(weights, name, layer.weights.map(shapeOf)) === null)
  const faults = [
    ...unknown.map((name) => `${name}: the model has no such layer with weights; it has ${list(owned)}`),
    ...chosen.flatMap(({ name, layer }) => faultOf(weights, name, layer.weights.map(shapeOf)) ?? []),
  ]
  if (faults.length > 0) {
    const advice =
      choice.layers === null && fitting.length > 0
        ? `\nTo begin with those that fit alone: layers: [${list(fitting)}]`
        : ''
    const message = `model.initialWeights: the weights in ${choice.source} do not fit:\n${faults.join('\n')}${advice}`
    throw new MinimaError('data-invalid', message)
  }
  tf.tidy(() => {
    for (const { name, layer } of chosen) {
      layer.setWeights((weights.get(name) ?? []).map(({ shape, values }) => tf.tensor(values, [...shape])))
    }
  })
  return chosen.map(({ name }) => name)
}

function shapeOf({ shape }: { readonly shape: readonly (number | null)[] }): string {
  return `[${shape.join(', ')}]`
}

function faultOf(weights: LayerWeights, name: string, own: readonly string[]): string | null {
  const found = weights.get(name)
  if (found === undefined) return `${name}: there is no such layer; there are ${[...weights.keys()].join(', ')}`
  const theirs = found.map(shapeOf)
  if (theirs.join() === own.join()) return null
  return `${name}: expected weights of ${own.join(', ')}, got ${theirs.join(', ')}`
}

function list(layers: readonly { readonly name: string }[]): string {
  return layers.map(({ name }) => name).join(', ')
}
