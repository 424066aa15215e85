/** Follows a row through the layers, as far as it goes, and asks of each layer whether the backend can train it. */
import type { Activation, LayerEntry, LayerSpec } from '../../../contract/experiment/layers.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { DataShape } from '../data/dataset.ts'
import type { BackendName } from '../models/backend-limits.ts'
import { refusalOf } from '../models/backend-limits.ts'
import type { Shape } from '../models/layer-kind.ts'
import { TAKES_TEXTS } from '../models/layer-kinds.ts'
import { ancestry, resolveGraph, type ModelGraph } from '../models/model-graph.ts'
import { traceShapes } from '../models/trace-shapes.ts'
import type { Report } from './problems.ts'

/** What an output gives for a row, and which layer decided it. */
export interface OutputShape {
  readonly shape: Shape
  readonly activation: Activation
  /** The layer whose number of units is that of the output. */
  readonly unitsFrom: number
  readonly activationFrom: number
}

export interface CheckedLayers {
  readonly graph: ModelGraph
  /** In the order of the graph's. */
  readonly outputs: readonly OutputShape[]
}

/** null when no row gets to the end. */
export function checkLayers(
  { model }: Experiment,
  data: DataShape,
  backend: BackendName,
  report: Report,
): CheckedLayers | null {
  const { layers } = model
  checkNames(layers, report)
  const { graph, faults } = resolveGraph(model, data)
  for (const { at, message } of faults) report(at, message)
  if (faults.length > 0) return null
  checkTexts(graph, data, report)
  const { given, gives, fault } = traceShapes(graph)
  for (const index of given.keys()) {
    const path = ancestry(graph, index)
    const place = {
      layers: path.map((node) => graph.nodes[node]?.spec as LayerSpec),
      shapes: path.map((node) => given[node]?.[0] ?? []),
      index: path.length - 1,
    }
    const refusal = refusalOf(backend, place)
    if (refusal !== null) report(['model', 'layers', index], refusal, layerLabel(layers, index))
  }
  if (fault !== null) {
    report(['model', 'layers', fault.layer], fault.error.message, layerLabel(layers, fault.layer))
    return null
  }
  const outputs = graph.outputs.map(({ node }) => {
    const spec = graph.nodes[node]?.spec
    return {
      shape: gives[node] ?? [],
      activation: spec !== undefined && 'activation' in spec ? spec.activation : 'linear',
      unitsFrom: ancestry(graph, node).findLast((index) => 'units' in (graph.nodes[index]?.spec ?? {})) ?? node,
      activationFrom: node,
    } as const
  })
  return { graph, outputs }
}

/** `model.layers[3] (dense "output")` */
export function layerLabel(layers: readonly LayerEntry[], index: number): string {
  const layer = layers[index]
  const name = layer?.name === undefined ? '' : ` "${layer.name}"`
  return `model.layers[${index}] (${layer?.type}${name})`
}

/** Texts are for layers that take them, which take nothing else. */
function checkTexts({ inputs, nodes }: ModelGraph, { texts, featureNames }: DataShape, report: Report): void {
  for (const [index, { spec, from }] of nodes.entries()) {
    const takes = TAKES_TEXTS.has(spec.type)
    const at = ['model', 'layers', index, 'from']
    for (const value of from) {
      if ('node' in value) {
        if (takes) report(at, `${spec.type} takes text columns as they were read, not what another layer gives`)
        continue
      }
      const { positions, name } = inputs[value.input] ?? { positions: null, name: '' }
      const columns = positions ?? (featureNames ?? []).map((_, position) => position)
      const named = (isText: boolean): string[] =>
        columns.flatMap((at) => ((texts?.features.has(at) ?? false) === isText ? [featureNames?.[at] ?? ''] : []))
      const [ofTexts, others] = [named(true), named(false)]
      if (takes && (others.length > 0 || columns.length === 0)) {
        const found = columns.length === 0 ? 'there are none' : `"${name}" has ${others.join(', ')}`
        report(
          at,
          `${spec.type} takes text columns, and ${found}; name them in data.text, and give them an input of their own in model.inputs`,
        )
      } else if (!takes && ofTexts.length > 0) {
        report(
          at,
          `"${name}" has the text columns ${ofTexts.join(', ')}; give them an input of their own in model.inputs, and a layer that takes texts`,
        )
      }
    }
  }
}

function checkNames(layers: readonly LayerEntry[], report: Report): void {
  for (const [index, { name }] of layers.entries()) {
    const first = layers.findIndex((other) => other.name === name)
    if (name === undefined || first === index) continue
    report(['model', 'layers', index, 'name'], `layer ${first} is called "${name}" already; names must differ`)
  }
}
