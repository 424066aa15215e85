/** The model table, as Keras's `summary()` has it, without building anything. */
import type { LayerSummary, ModelSummary } from '../../../contract/run.ts'
import type { Shape, Weight } from './layer-kind.ts'
import { sizeOf } from './layer-kind.ts'
import { weightsOf } from './layer-kinds.ts'
import type { GraphValue, ModelGraph } from './model-graph.ts'
import { traceShapes } from './trace-shapes.ts'

/**
 * A chain is listed as Keras lists a Sequential; of another graph the inputs are rows too, and each row says what it is
 * connected to. A shared layer is listed once, with all that it is applied to.
 *
 * @param inputShape of a row of features
 * @throws ShapeFault when a layer cannot take what it is given.
 */
export function summarizeModel(graph: ModelGraph, inputShape: Shape): ModelSummary {
  const { given, gives, fault } = traceShapes(graph)
  if (fault) throw fault.error
  const { inputs, nodes, isChain } = graph
  const nameOf = (value: GraphValue): string =>
    ('input' in value ? inputs[value.input]?.name : nodes[value.node]?.name) ?? ''
  const inputRows = inputs.map(({ name, shape }): LayerSummary => ({
    name,
    type: 'input',
    outputShape: [...shape],
    params: 0,
    trainableParams: 0,
  }))
  const layerRows = nodes.flatMap(({ name, spec, owner }, index): LayerSummary[] => {
    if (owner !== index) return []
    const weights = weightsOf(spec, given[index]?.[0] ?? [])
    const applied = nodes.filter((node) => node.owner === index)
    return [
      {
        name,
        type: spec.type,
        outputShape: [...(gives[index] ?? [])],
        params: countParams(weights),
        trainableParams: countParams(weights.filter((weight) => weight.trainable)),
        ...(!isChain && { connectedTo: applied.flatMap(({ from }) => from.map(nameOf)) }),
      },
    ]
  })
  const rows = isChain ? layerRows : [...inputRows, ...layerRows]
  const total = (key: 'params' | 'trainableParams'): number => rows.reduce((sum, row) => sum + row[key], 0)
  return {
    inputShape: [...inputShape],
    layers: rows,
    params: total('params'),
    trainableParams: total('trainableParams'),
  }
}

function countParams(weights: readonly Weight[]): number {
  return weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0)
}
