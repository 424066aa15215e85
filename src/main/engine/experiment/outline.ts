/** What an experiment comes to, told while it is written: rows, features, and the shape and size of each layer. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Outline } from '../../../contract/requests.ts'
import type { DataShape, Target } from '../data/dataset.ts'
import { sizeOf } from '../models/layer-kind.ts'
import { weightsOf } from '../models/layer-kinds.ts'
import { resolveGraph, type ModelGraph } from '../models/model-graph.ts'
import { traceShapes } from '../models/trace-shapes.ts'

export function outlineOf({ model }: Experiment, shape: DataShape): Outline {
  const { graph, faults } = resolveGraph(model, shape)
  const layers = faults.length === 0 ? layersOf(graph) : model.layers.map(() => null)
  const sizes = layers.map((layer) => layer?.params)
  return {
    rows: { ...shape.parts },
    featureShape: [...shape.featureShape],
    featureNames: shape.featureNames && [...shape.featureNames],
    target: describeTarget(shape.target),
    inputs: graph.inputs.map(({ name }) => name),
    layers,
    params: sizes.includes(undefined) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
  }
}

function layersOf(graph: ModelGraph): Outline['layers'] {
  const { given, gives } = traceShapes(graph)
  return graph.nodes.map(({ name, spec, owner }, index) => {
    const outputShape = gives[index]
    if (outputShape === undefined) return null
    const weights = owner === index ? weightsOf(spec, given[index]?.[0] ?? []) : []
    return {
      name,
      outputShape: [...outputShape],
      params: weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0),
    }
  })
}

function describeTarget(target: Target): string {
  if (target.kind === 'values') return target.names.join(', ')
  const names = target.classes ? `: ${target.classes.join(', ')}` : ''
  return `${target.count} classes${names}${target.oneHot ? ', one-hot' : ''}`
}
