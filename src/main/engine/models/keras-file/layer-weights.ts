/** Weights of a built model by the names of its layers. */
import type { BuiltModel } from '../build-model.ts'
import type { WeightValues } from './hdf5.ts'

/** Layers without weights are left out; those of a shared one are told once, under its own name. */
export function layerWeights({ graph, layers }: BuiltModel): Map<string, WeightValues[]> {
  const entries = graph.nodes.flatMap(({ name, owner, spec }, index): [string, WeightValues[]][] => {
    const weights = owner === index ? (layers[index]?.getWeights() ?? []) : []
    // Those of bins are settings: `learnt-settings.ts`.
    if (weights.length === 0 || spec.type === 'discretization') return []
    return [[name, weights.map((of) => ({ shape: of.shape, values: Float32Array.from(of.dataSync()) }))]]
  })
  return new Map(entries)
}
