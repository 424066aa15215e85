/** What is done to features outside of a model, as layers in front of it: so that a file holds all that a prediction needs. */
import type { Affine } from '../../data/dataset.ts'
import type { LayerSpec } from '../../../../contract/experiment/layers.ts'
import { sizeOf } from '../layer-kind.ts'
import type { GraphInput, GraphNode, GraphValue, ModelGraph } from '../model-graph.ts'
import type { WeightValues } from './hdf5.ts'

export interface PreparedGraph {
  readonly graph: ModelGraph
  /** Of the layers that were added, by name. */
  readonly weights: ReadonlyMap<string, readonly WeightValues[]>
  /** One line for each layer that was added. */
  readonly added: readonly string[]
}

/** The graph with x · multiply + add behind each of its inputs; null: nothing is done to the features. */
export function withPreprocessing(graph: ModelGraph, affine: Affine | null): PreparedGraph {
  const weights = new Map<string, readonly WeightValues[]>()
  if (affine === null) return { graph, weights, added: [] }
  const taken = new Set([...graph.inputs, ...graph.nodes].map(({ name }) => name))
  /** Of each input the layer in front; null: nothing is done to it. */
  const places: (number | null)[] = []
  const front = graph.inputs.flatMap((input, index): GraphNode[] => {
    const own = affineOf(affine, input)
    if (changesNothing(own)) {
      places.push(null)
      return []
    }
    const at = places.filter((place) => place !== null).length
    places.push(at)
    const { spec, weights: values } = layerOf(own, input)
    const name = freeName(graph.inputs.length === 1 ? spec.type : `${input.name}_${spec.type}`, taken)
    taken.add(name)
    if (values.length > 0) weights.set(name, values)
    return [{ name, spec, owner: at, from: [{ input: index }] }]
  })
  const shift = front.length
  const moved = (value: GraphValue): GraphValue => {
    if ('node' in value) return { node: value.node + shift }
    const place = places[value.input] ?? null
    return place === null ? value : { node: place }
  }
  return {
    graph: {
      ...graph,
      nodes: [
        ...front,
        ...graph.nodes.map((node) => ({ ...node, owner: node.owner + shift, from: node.from.map(moved) })),
      ],
      outputs: graph.outputs.map((output) => ({ ...output, node: output.node + shift })),
    },
    weights,
    added: front.map(({ name, spec }) => `${name} (${spec.type === 'rescaling' ? 'Rescaling' : 'Normalization'})`),
  }
}

/** Such as of texts, which scaling passes by. */
function changesNothing({ multiply, add }: Affine): boolean {
  return multiply.every((value) => value === 1) && add.every((value) => value === 0)
}

/** That of the features which an input takes. */
function affineOf({ multiply, add }: Affine, { positions }: GraphInput): Affine {
  if (positions === null || multiply.length === 1) return { multiply, add }
  const chosen = (from: Float64Array): Float64Array => Float64Array.from(positions, (position) => from[position] ?? 0)
  return { multiply: chosen(multiply), add: chosen(add) }
}

/**
 * One scale for all is a Rescaling. Else a Normalization with a mean and a variance of each feature: a mean that is large
 * against its deviation loses nothing there, as it would in a product and a sum of float32.
 */
function layerOf({ multiply, add }: Affine, { shape }: GraphInput): { spec: LayerSpec; weights: WeightValues[] } {
  const [scale = 1] = multiply
  const [offset = 0] = add
  if (multiply.length === 1 && (offset === 0 || scale <= 0)) {
    return { spec: { type: 'rescaling', scale, offset }, weights: [] }
  }
  const size = sizeOf(shape)
  const ofAll = (of: Float64Array): Float64Array => (of.length === size ? of : new Float64Array(size).fill(of[0] ?? 0))
  const [scales, offsets] = [ofAll(multiply), ofAll(add)]
  if (scales.some((value) => value <= 0) && shape.length === 1) {
    return { spec: { type: 'rescaling', scale: [...scales], offset: [...offsets] }, weights: [] }
  }
  const means = Float32Array.from(scales, (value, at) => -(offsets[at] ?? 0) / value)
  const variances = Float32Array.from(scales, (value) => 1 / value ** 2)
  const axis = shape.length === 1 ? -1 : shape.map((_, index) => index + 1)
  return {
    spec: { type: 'normalization', axis, invert: false },
    weights: [
      { shape, values: means },
      { shape, values: variances },
      { shape: [], values: Float32Array.of(0), isInteger: true },
    ],
  }
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`
  return name
}
