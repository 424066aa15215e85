/** Where Keras keeps the variables of a layer: in its own group, those of a cell in `cell`, of both ways in two more. */
import type { LayerSpec } from '../../../../contract/experiment/layers.ts'
import type { Hdf5Group, OpenGroup, WeightValues } from './hdf5.ts'

const RECURRENT = ['simpleRNN', 'lstm', 'gru']

/** @param weights in the layer's order */
export function layerGroup(name: string, spec: LayerSpec, weights: readonly WeightValues[]): Hdf5Group {
  const own = (datasets: readonly WeightValues[]): Hdf5Group => ({ attributes: { name }, datasets })
  const cell = (datasets: readonly WeightValues[], of: string): Hdf5Group => ({
    groups: { cell: { groups: { vars: { attributes: { name: `${of}_cell` }, datasets } } }, vars: own([]) },
  })
  if (RECURRENT.includes(spec.type)) return cell(weights, spec.type)
  if (spec.type !== 'bidirectional') return { groups: { vars: own(weights.map(asKept(spec))) } }
  const half = weights.length / 2
  return {
    groups: {
      forward_layer: cell(weights.slice(0, half), spec.layer.type),
      backward_layer: cell(weights.slice(half), spec.layer.type),
      vars: own([]),
    },
  }
}

/** The count of what was seen is a whole number. */
function asKept(spec: LayerSpec) {
  return (weight: WeightValues, index: number): WeightValues =>
    spec.type === 'normalization' && index === 2 ? { ...weight, isInteger: true } : weight
}

const WITHIN = ['cell', 'forward_layer', 'backward_layer']

/** All variables of a layer, in Minima's order. */
export function weightsInGroup(group: OpenGroup): readonly WeightValues[] {
  return [
    ...(group.group('vars')?.numbered() ?? []),
    ...WITHIN.flatMap((name) => {
      const inner = group.group(name)
      return inner ? weightsInGroup(inner) : []
    }),
  ]
}
