/** Writes a model as a `.keras` file: a ZIP of stored entries, with the model as JSON and its weights as HDF5. */
import { strToU8, zipSync } from 'fflate'
import type { ModelGraph } from '../model-graph.ts'
import { encodeHdf5, type Hdf5Group, type WeightValues } from './hdf5.ts'
import { createNumbering, groupName } from './keras-names.ts'
import type { Mapping } from './keras-object.ts'
import { layerClasses, modelConfig } from './model-config.ts'
import { layerGroup } from './weight-groups.ts'

/** The version whose files these are like. */
const KERAS_VERSION = '3.15.1'

export interface KerasModel {
  readonly graph: ModelGraph
  /** By the name of the layer, in the layer's order. */
  readonly weights: ReadonlyMap<string, readonly WeightValues[]>
  /** Keras's `compile_config`; null: the model is not compiled. */
  readonly compileConfig: Mapping | null
}

/** @throws MinimaError `bad-request` that names all layers which Keras cannot say */
export async function encodeKerasFile({ graph, weights, compileConfig }: KerasModel): Promise<Uint8Array> {
  const config = modelConfig(graph)
  const metadata = { keras_version: KERAS_VERSION, date_saved: new Date().toISOString().slice(0, 19).replace('T', '@') }
  const json = (of: unknown): Uint8Array => strToU8(JSON.stringify(of))
  return zipSync(
    {
      'metadata.json': json(metadata),
      'config.json': json(compileConfig === null ? config : { ...config, compile_config: compileConfig }),
      'model.weights.h5': await encodeHdf5(weightGroups(graph, weights)),
    },
    { level: 0 },
  )
}

function weightGroups(graph: ModelGraph, weights: KerasModel['weights']): Hdf5Group {
  const number = createNumbering()
  const layers = layerClasses(graph).map(({ className, node, name }): [string, Hdf5Group] => {
    const spec = node === null ? undefined : graph.nodes[node]?.spec
    const vars = { attributes: { name } }
    const group = spec === undefined ? { groups: { vars } } : layerGroup(name, spec, weights.get(name) ?? [])
    return [number(groupName(className)), group]
  })
  const name = graph.isChain ? 'sequential' : 'functional'
  return { groups: { layers: { groups: Object.fromEntries(layers) }, vars: { attributes: { name } } } }
}
