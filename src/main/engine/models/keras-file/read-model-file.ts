/**
 * Models in files: Keras 3's `.keras` and `.weights.h5`, the HDF5 files of Keras 2 and before, and tfjs's LayersModel, a
 * folder with `model.json`. What a model is made of and its weights are read apart; nothing that a file holds is ever run.
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MinimaError } from '../../../../contract/errors.ts'
import type { Tf } from '../tf.ts'
import { withHdf5, type OpenGroup, type WeightValues } from './hdf5.ts'
import { createNumbering, groupName } from './keras-names.ts'
import { isMapping, type Mapping } from './keras-object.ts'
import { minimaName } from './minima-name.ts'
import { weightsInGroup } from './weight-groups.ts'
import { readZipEntry } from './zip-entries.ts'

/** By the name of the layer in Minima, in the layer's order. */
export type LayerWeights = ReadonlyMap<string, readonly WeightValues[]>

export interface ModelFile {
  /** What wrote it, such as `Keras 3.15.1`. */
  readonly writtenBy: string
  /** Not by Keras 3, whose names mean something else here and there. */
  readonly isOld: boolean
  /** The model as a Keras object; null: the file has weights alone. */
  readonly model: Mapping | null
  /** What it was compiled with; null: not said. */
  readonly compiled: Mapping | null
  readonly weights: (tf: Tf) => Promise<LayerWeights>
}

/** @throws MinimaError `not-found`, or `data-invalid` when it is none of these */
export async function readModelFile(path: string): Promise<ModelFile> {
  const found = await stat(path).catch((error: Error) => {
    throw new MinimaError('not-found', `the model cannot be read (${error.message})`)
  })
  if (found.isDirectory()) return readLayersModel(join(path, 'model.json'))
  if (path.endsWith('.json')) return readLayersModel(path)
  if (path.endsWith('.keras')) return readKerasFile(path)
  if (/\.(h5|hdf5)$/.test(path)) return readHdf5File(path)
  throw new MinimaError(
    'data-invalid',
    `expected a .keras or .h5 file of Keras's, or model.json of TensorFlow.js's, got ${path}`,
  )
}

async function readKerasFile(path: string): Promise<ModelFile> {
  const model = parse((await readZipEntry(path, 'config.json')).toString(), path)
  const metadata = parse((await readZipEntry(path, 'metadata.json')).toString(), path)
  return {
    writtenBy: `Keras ${String(metadata['keras_version'])}`,
    isOld: String(metadata['keras_version']).startsWith('2'),
    model,
    compiled: mappingOrNull(model['compile_config']),
    weights: async () =>
      withHdf5(await readZipEntry(path, 'model.weights.h5'), path, (root) => numberedWeights(root, model, path)),
  }
}

async function readHdf5File(path: string): Promise<ModelFile> {
  const octets = await readFile(path)
  return withHdf5(octets, path, (root): ModelFile => {
    const text = (name: string): Mapping | null => {
      const found = root.text(name)
      return found === null ? null : parse(found, path)
    }
    const model = text('model_config')
    const isNumbered = root.group('layers') !== null
    const version = root.text('keras_version') ?? root.group('model_weights')?.text('keras_version') ?? '3'
    return {
      writtenBy: `Keras ${version}`,
      isOld: /^[12]/.test(version),
      model,
      compiled: text('training_config'),
      weights: () =>
        withHdf5(octets, path, (again) =>
          isNumbered ? numberedWeights(again, model, path) : namedWeights(again.group('model_weights') ?? again, path),
        ),
    }
  })
}

/** Keras 3's: layers are numbered by their classes; their names are written beside, or follow from the model. */
function numberedWeights(root: OpenGroup, model: Mapping | null, path: string): LayerWeights {
  const layers = root.group('layers')
  if (layers === null) throw new MinimaError('data-invalid', `its weights have no layers: ${path}`)
  const names = namesOfGroups(model)
  return new Map(
    layers.groups().flatMap((group) => {
      const weights = weightsInGroup(group)
      const name = group.group('vars')?.text('name') ?? names.get(group.name) ?? group.name
      return weights.length === 0 ? [] : [[minimaName(name), weights]]
    }),
  )
}

function namesOfGroups(model: Mapping | null): ReadonlyMap<string, string> {
  const number = createNumbering()
  const config = mappingOrNull(model?.['config'])
  const layers = Array.isArray(config?.['layers']) ? config['layers'].filter(isMapping) : []
  const counted = layers.filter(
    (layer) => model?.['class_name'] !== 'Sequential' || layer['class_name'] !== 'InputLayer',
  )
  return new Map(
    counted.map((layer) => {
      const name = layer['name'] ?? mappingOrNull(layer['config'])?.['name']
      return [number(groupName(String(layer['class_name']))), String(name)]
    }),
  )
}

/** Those of before: each layer has a group by its name, which lists its weights. */
function namedWeights(root: OpenGroup, path: string): LayerWeights {
  const names = listed(root, 'layer_names')
  if (names.length === 0) throw new MinimaError('data-invalid', `it lists no layers with weights: ${path}`)
  return new Map(
    names.flatMap((name) => {
      const group = root.group(name)
      const weights = group ? listed(group, 'weight_names').map((weight) => group.dataset(weight)) : []
      return weights.length === 0 ? [] : [[minimaName(name), weights]]
    }),
  )
}

/** Lists that are too long for one attribute go on in `name0`, `name1`, … */
function listed(group: OpenGroup, name: string): string[] {
  const whole = [...group.texts(name)]
  for (let part = 0; ; part++) {
    const more = group.texts(`${name}${part}`)
    if (more.length === 0) return whole
    whole.push(...more)
  }
}

type WeightSpec = Parameters<Tf['io']['decodeWeights']>[1][number]

async function readLayersModel(path: string): Promise<ModelFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new MinimaError('not-found', `the model cannot be read (${error.message})`)
  })
  const file = parse(text, path)
  const topology = mappingOrNull(file['modelTopology'])
  const groups = (file['weightsManifest'] ?? []) as { paths: string[]; weights: WeightSpec[] }[]
  if (topology === null || file['format'] === 'graph-model') {
    throw new MinimaError('data-invalid', `this is no LayersModel of TensorFlow.js, which has its layers: ${path}`)
  }
  return {
    writtenBy: String(file['generatedBy'] ?? topology['keras_version'] ?? 'TensorFlow.js'),
    isOld: true,
    model: mappingOrNull(topology['model_config']) ?? topology,
    compiled: mappingOrNull(topology['training_config']),
    async weights(tf) {
      const byLayer = new Map<string, WeightValues[]>()
      for (const { paths, weights: specs } of groups) {
        const parts = await Promise.all(paths.map((part) => readFile(join(dirname(path), part))))
        const decoded = tf.io.decodeWeights(new Uint8Array(Buffer.concat(parts)).buffer, specs)
        for (const { name } of specs) {
          const tensor = decoded[name]
          const layer = minimaName(name.split('/')[0] ?? name)
          const weight = { shape: tensor?.shape ?? [], values: Float32Array.from(tensor?.dataSync() ?? []) }
          byLayer.set(layer, [...(byLayer.get(layer) ?? []), weight])
        }
        tf.dispose(decoded)
      }
      return byLayer
    },
  }
}

function parse(text: string, path: string): Mapping {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isMapping(parsed)) return parsed
  } catch {
    // said below
  }
  throw new MinimaError('data-invalid', `what it says of the model is no JSON: ${path}`)
}

function mappingOrNull(value: unknown): Mapping | null {
  return isMapping(value) ? value : null
}
