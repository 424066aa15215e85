/**
 * The order in which Keras has the layers of a functional model, by which it numbers them in its weights: by depth, counted
 * from the outputs, and at one depth as they are come upon from the outputs. Keras: `map_graph` in keras/src/ops/function.py.
 */
import type { GraphValue, ModelGraph } from '../model-graph.ts'

/** An input, or the layer of a node (that of its owner, where it is shared). */
export type KerasLayer = { readonly input: number } | { readonly owner: number }

export function layerOrder({ inputs, nodes, outputs }: ModelGraph): KerasLayer[] {
  const first = new Map<string, number>()
  const finished: GraphValue[] = []
  const seen = new Set<string>()
  const layerKey = (value: GraphValue): string =>
    'input' in value ? `input ${value.input}` : `layer ${nodes[value.node]?.owner}`
  const sourcesOf = (value: GraphValue): readonly GraphValue[] =>
    'input' in value ? [] : (nodes[value.node]?.from ?? [])
  const visit = (value: GraphValue): void => {
    if (seen.has(nodeKey(value))) return
    seen.add(nodeKey(value))
    if (!first.has(layerKey(value))) first.set(layerKey(value), first.size)
    for (const source of sourcesOf(value)) visit(source)
    finished.push(value)
  }
  for (const { node } of outputs) visit({ node })

  const depths = new Map<string, number>()
  const layerDepths = new Map<string, number>()
  for (const value of finished.toReversed()) {
    const depth = Math.max(depths.get(nodeKey(value)) ?? 0, layerDepths.get(layerKey(value)) ?? 0)
    depths.set(nodeKey(value), depth)
    layerDepths.set(layerKey(value), depth)
    for (const source of sourcesOf(value)) {
      depths.set(nodeKey(source), Math.max(depth + 1, depths.get(nodeKey(source)) ?? 0))
    }
  }
  const layers: KerasLayer[] = [
    ...inputs.map((_, input) => ({ input })),
    ...nodes.flatMap(({ owner }, index) => (owner === index ? [{ owner }] : [])),
  ]
  const rank = (layer: KerasLayer): [depth: number, first: number] => {
    const key = 'input' in layer ? `input ${layer.input}` : `layer ${layer.owner}`
    return [layerDepths.get(key) ?? 0, first.get(key) ?? -1]
  }
  return layers.sort((one, other) => {
    const [depth, at] = rank(one)
    const [otherDepth, otherAt] = rank(other)
    return otherDepth - depth || at - otherAt
  })
}

function nodeKey(value: GraphValue): string {
  return 'input' in value ? `input ${value.input}` : `node ${value.node}`
}
