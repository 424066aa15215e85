/** The graph of an experiment as Keras 3's config of a Sequential or Functional model. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { LayerSpec } from '../../../../contract/experiment/layers.ts'
import type { Shape } from '../layer-kind.ts'
import type { GraphInput, GraphValue, ModelGraph } from '../model-graph.ts'
import { TAKES_TEXTS } from '../layer-kinds.ts'
import { traceShapes } from '../trace-shapes.ts'
import { classOfType } from './keras-names.ts'
import { FLOAT32, kerasObject, type KerasObject, type Mapping } from './keras-object.ts'
import { layerToKeras } from './layer-config.ts'
import { layerOrder } from './layer-order.ts'

/** @throws MinimaError `bad-request` that names all layers which Keras cannot say */
export function modelConfig(graph: ModelGraph): KerasObject & Mapping {
  const { given, gives } = traceShapes(graph)
  const faults: string[] = []
  const layerOf = (index: number): KerasObject & Mapping => {
    const { name = '', spec } = graph.nodes[index] ?? {}
    const shapes = (given[index] ?? []).map(batch)
    const tell = (message: string): void => void faults.push(`the layer ${name} (${spec?.type}): ${message}`)
    const object = layerToKeras(name, spec as LayerSpec, given[index]?.[0] ?? [], tell)
    return { ...object, build_config: { input_shape: shapes.length === 1 ? shapes[0] : shapes } }
  }
  const config = graph.isChain ? sequential(graph, layerOf) : functional(graph, layerOf, gives)
  if (faults.length > 0) throw new MinimaError('bad-request', `Keras cannot say this model:\n${faults.join('\n')}`)
  return config
}

/** In Keras's order, as its files number them: classes of layers with weights of their own, and inputs. */
export function layerClasses(graph: ModelGraph): { className: string; node: number | null; name: string }[] {
  const { inputs, nodes, isChain } = graph
  const ofNode = (node: number) => {
    const { spec, name = '' } = nodes[node] ?? {}
    return { className: classOfType((spec as LayerSpec).type), node, name }
  }
  if (isChain) return nodes.map((_, node) => ofNode(node))
  return layerOrder(graph).map((layer) =>
    'input' in layer
      ? { className: 'InputLayer', node: null, name: inputs[layer.input]?.name ?? '' }
      : ofNode(layer.owner),
  )
}

type LayerOf = (index: number) => KerasObject & Mapping

function batch(shape: Shape): (number | null)[] {
  return [null, ...shape]
}

function inputLayer({ name, shape }: GraphInput, dtype: string): KerasObject {
  const config = { batch_shape: batch(shape), dtype, sparse: false, ragged: false, name }
  return kerasObject('keras.layers', 'InputLayer', config)
}

/** Texts are texts there, and not numbers of such. */
function dtypeOf({ nodes }: ModelGraph, input: number): string {
  const takers = nodes.filter(({ from }) => from.some((value) => 'input' in value && value.input === input))
  return takers.length > 0 && takers.every(({ spec }) => TAKES_TEXTS.has(spec.type)) ? 'string' : 'float32'
}

function sequential(graph: ModelGraph, layerOf: LayerOf): KerasObject & Mapping {
  const {
    inputs: [input],
    nodes,
  } = graph
  const { shape, ...named } = input ?? { shape: [], name: 'input', positions: null }
  const first = inputLayer({ ...named, shape }, dtypeOf(graph, 0))
  const shapes = { build_input_shape: batch(shape) }
  const layers = [first, ...nodes.map((_, index) => layerOf(index))]
  return {
    ...kerasObject('keras', 'Sequential', { name: 'sequential', trainable: true, dtype: FLOAT32, layers, ...shapes }),
    build_config: { input_shape: batch(shape) },
  }
}

function functional(graph: ModelGraph, layerOf: LayerOf, gives: readonly Shape[]): KerasObject & Mapping {
  const { inputs, nodes, outputs } = graph
  /** Name of the layer, which of its applications, and which of its results. */
  const historyOf = (value: GraphValue): [string, number, number] => {
    if ('input' in value) return [inputs[value.input]?.name ?? '', 0, 0]
    const owner = nodes[value.node]?.owner ?? value.node
    const applied = nodes.slice(0, value.node).filter((node) => node.owner === owner).length
    return [nodes[owner]?.name ?? '', applied, 0]
  }
  const tensor = (value: GraphValue): Mapping => ({
    class_name: '__keras_tensor__',
    config: {
      shape: batch(('input' in value ? inputs[value.input]?.shape : gives[value.node]) ?? []),
      dtype: 'input' in value ? dtypeOf(graph, value.input) : 'float32',
      keras_history: historyOf(value),
    },
  })
  const applications = (owner: number): Mapping[] =>
    nodes
      .filter((node) => node.owner === owner)
      .map(({ from }) => {
        const taken = from.map(tensor)
        return { args: taken.length === 1 ? taken : [taken], kwargs: {} }
      })
  const layers = layerOrder(graph).map((layer): Mapping => {
    if ('input' in layer) {
      const input = inputs[layer.input] as GraphInput
      return { ...inputLayer(input, dtypeOf(graph, layer.input)), name: input.name, inbound_nodes: [] }
    }
    const { name } = nodes[layer.owner] ?? {}
    return { ...layerOf(layer.owner), name, inbound_nodes: applications(layer.owner) }
  })
  const told = (values: readonly GraphValue[]): unknown => {
    const histories = values.map(historyOf)
    return histories.length === 1 ? histories[0] : histories
  }
  const config = {
    name: 'functional',
    trainable: true,
    layers,
    input_layers: told(inputs.map((_, input) => ({ input }))),
    output_layers: told(outputs.map(({ node }) => ({ node }))),
  }
  return {
    ...kerasObject('keras.src.models.functional', 'Functional', config),
    registered_name: 'Functional',
    build_config: { input_shape: null },
  }
}
