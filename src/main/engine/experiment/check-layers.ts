/** Follows a row through the layers, as far as it goes, and asks of each layer whether the backend can train it. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Activation, LayerSpec } from '../../../contract/experiment/layers.ts'
import type { DataShape } from '../data/dataset.ts'
import type { BackendName } from '../models/backend-limits.ts'
import { refusalOf } from '../models/backend-limits.ts'
import type { Shape } from '../models/layer-kind.ts'
import { traceShapes } from '../models/trace-shapes.ts'
import type { Report } from './problems.ts'

/** What a model gives for a row, and which layer decided it. */
export interface ModelOutput {
  readonly shape: Shape
  readonly activation: Activation
  /** The layer whose number of units is that of the output. */
  readonly unitsFrom: number
  readonly activationFrom: number
}

/** null when no row gets to the end. */
export function checkLayers(
  { model: { layers } }: Experiment,
  { featureShape }: DataShape,
  backend: BackendName,
  report: Report,
): ModelOutput | null {
  checkNames(layers, report)
  const { shapes, fault } = traceShapes(layers, featureShape)
  for (const index of shapes.keys()) {
    const refusal = refusalOf(backend, { layers, shapes, index })
    if (refusal !== null) report(['model', 'layers', index], refusal, layerLabel(layers, index))
  }
  if (fault !== null) {
    report(['model', 'layers', fault.layer], fault.error.message, layerLabel(layers, fault.layer))
    return null
  }
  const last = layers.length - 1
  return {
    shape: shapes.at(-1) ?? [],
    activation: activationOf(layers[last]),
    unitsFrom: Math.max(
      layers.findLastIndex((layer) => 'units' in layer),
      0,
    ),
    activationFrom: last,
  }
}

/** `model.layers[3] (dense "output")` */
export function layerLabel(layers: readonly LayerSpec[], index: number): string {
  const layer = layers[index]
  const name = layer?.name === undefined ? '' : ` "${layer.name}"`
  return `model.layers[${index}] (${layer?.type}${name})`
}

function activationOf(layer: LayerSpec | undefined): Activation {
  return layer !== undefined && 'activation' in layer ? layer.activation : 'linear'
}

function checkNames(layers: readonly LayerSpec[], report: Report): void {
  for (const [index, { name }] of layers.entries()) {
    const first = layers.findIndex((other) => other.name === name)
    if (name === undefined || first === index) continue
    report(['model', 'layers', index, 'name'], `layer ${first} is called "${name}" already; names must differ`)
  }
}
