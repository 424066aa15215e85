/** The model table, as Keras's `summary()` has it, without building anything. */
import type { LayerSpec } from '../../../contract/experiment/layers.ts'
import type { LayerSummary, ModelSummary } from '../../../contract/run.ts'
import type { Shape, Weight } from './layer-kind.ts'
import { sizeOf } from './layer-kind.ts'
import { layerNames, weightsOf } from './layer-kinds.ts'
import { traceShapes } from './trace-shapes.ts'

/** @throws ShapeFault when a layer cannot take what the one before it gives. */
export function summarizeModel(layers: readonly LayerSpec[], inputShape: Shape): ModelSummary {
  const { shapes, fault } = traceShapes(layers, inputShape)
  if (fault) throw fault.error
  const names = layerNames(layers)
  const rows = layers.map((layer, index): LayerSummary => {
    const weights = weightsOf(layer, shapes[index] ?? [])
    return {
      name: names[index] ?? layer.type,
      type: layer.type,
      outputShape: [...(shapes[index + 1] ?? [])],
      params: countParams(weights),
      trainableParams: countParams(weights.filter((weight) => weight.trainable)),
    }
  })
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
