/** Writes the model that a run saved into a file of another program's: weights, layers, what is done to features before. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { ExportedModel } from '../../../contract/model-files.ts'
import type { Affine, DataShape, Target } from '../data/dataset.ts'
import { inspectData } from '../data/inspect-data.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { buildModel } from '../models/build-model.ts'
import { compileConfig } from '../models/keras-file/compile-config.ts'
import { layerWeights } from '../models/keras-file/layer-weights.ts'
import { withLearntSettings } from '../models/keras-file/learnt-settings.ts'
import { withPreprocessing } from '../models/keras-file/preprocessing-layers.ts'
import type { WeightValues } from '../models/keras-file/hdf5.ts'
import { encodeKerasFile } from '../models/keras-file/write-keras-file.ts'
import { isCustomLayer } from '../models/layers/custom.ts'
import type { LayersModel, Tf, TfLayer } from '../models/tf.ts'
import { TAKES_TEXTS } from '../models/layer-kinds.ts'
import { resolveGraph, type ModelGraph } from '../models/model-graph.ts'
import { outputsOfGraph, resolveOutputs } from '../models/model-outputs.ts'
import { loadBackend } from './backends/ladder.ts'
import { tensorflowBackend } from './compiled/binding.ts'
import { encodeSavedModel } from './compiled/saved-model.ts'
import { servingModel } from './compiled/serving-model.ts'
import { loadWeights, saveModel } from './weights.ts'

export interface ExportJob {
  readonly type: 'export'
  readonly experiment: Experiment
  /** What paths in the experiment are relative to. */
  readonly baseDir: string
  /** Where the run saved its weights. */
  readonly weightsDir: string
  /** Absolute. */
  readonly file: string
  readonly format: 'keras' | 'tfjs' | 'savedModel'
  readonly preprocessing: boolean
}

/** @throws MinimaError `bad-request` when the format cannot say the model; `not-found`, `data-invalid` */
export async function exportModel(job: ExportJob): Promise<ExportedModel> {
  const { experiment, file, format } = job
  if (format === 'keras' && !file.endsWith('.keras')) {
    throw new MinimaError('bad-request', `expected a file that ends in .keras, or another format, got ${file}`)
  }
  if (experiment.model.from === 'script') {
    throw new MinimaError(
      'bad-request',
      'the model is computed by a script: Keras has no words for it. Its weights are in the folder of the run',
    )
  }
  const { shape, affine } = await dataOf(job)
  const { graph } = resolveGraph(experiment.model, shape)
  // A SavedModel is recorded on native TensorFlow; for the others no more is computed than zeros to put the weights into.
  const { runtime } = await loadBackend(format === 'savedModel' ? 'tensorflow' : 'cpu')
  const built = buildModel(runtime.tf, graph, experiment.fit.seed, undefined, shape.texts?.texts)
  await loadWeights(runtime.tf, built.model, join(job.weightsDir, 'final'))
  const prepared = withPreprocessing(format === 'keras' ? withLearntSettings(built) : graph, affine)
  const weights = new Map([...prepared.weights, ...layerWeights(built)])
  const outputs = resolveOutputs(experiment, outputsOfGraph(graph), shape.target).outputs
  const compiled = compileConfig(experiment.fit.optimizer, outputs)
  const bytes =
    format === 'keras'
      ? await writeWhole(file, await encodeKerasFile({ graph: prepared.graph, weights, compileConfig: compiled }))
      : await writeFolder(runtime.tf, format, file, prepared.graph, weights)
  return {
    file,
    bytes,
    layers: new Set(prepared.graph.nodes.map(({ owner }) => owner)).size,
    params: built.model.countParams(),
    inputs: graph.inputs.map(({ name, shape: row, positions }) => ({
      name,
      shape: [...row],
      columns: columnsOf(shape, positions),
    })),
    outputs: outputs.map(({ name, target }) => ({ name, names: namesOf(target) })),
    notes: [
      ...preprocessingNotes(experiment, prepared.added, job.preprocessing),
      ...(format === 'keras' ? compileNotes(compiled !== null) : []),
      ...(format === 'keras' ? activationNotes(graph) : []),
    ],
  }
}

/** The rows are read only where layers in front are adapted to them. */
async function dataOf({
  experiment,
  baseDir,
  preprocessing,
}: ExportJob): Promise<{ shape: DataShape; affine: Affine | null }> {
  const adapted = experiment.preprocess.some(({ type }) => type !== 'oneHot')
  if (!preprocessing || !adapted) return { shape: await inspectData(experiment, baseDir), affine: null }
  const { shape, train } = await loadDataset(experiment, baseDir)
  return { shape, affine: train.affine }
}

/** The model in a folder of TensorFlow.js or of TensorFlow. @returns its bytes */
async function writeFolder(
  tf: Tf,
  format: 'tfjs' | 'savedModel',
  folder: string,
  graph: ModelGraph,
  weights: ReadonlyMap<string, readonly WeightValues[]>,
): Promise<number> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new MinimaError('bad-request', `${folder} is there, and not empty; name a new folder`)
  }
  if (graph.nodes.some(({ spec }) => TAKES_TEXTS.has(spec.type))) {
    throw new MinimaError(
      'bad-request',
      `layers that take texts go into a .keras file only; ${format} has no words for them`,
    )
  }
  const { model, layers } = buildModel(tf, graph, 0)
  tf.tidy(() => {
    for (const layer of layers) {
      const own = weights.get(layer.name)
      if (own) layer.setWeights(own.map(({ shape, values }) => tf.tensor(values, [...shape])))
    }
  })
  if (format === 'tfjs') {
    const message = strangeToTfjs(model, layers)
    if (message !== null) throw new MinimaError('bad-request', message)
    await saveModel(tf, model, dirname(folder), basename(folder))
  } else {
    const backend = tensorflowBackend(tf)
    if (backend === null) throw new MinimaError('backend-unavailable', 'a SavedModel is recorded on native TensorFlow')
    const { nodes, signature } = servingModel(tf, backend, model)
    mkdirSync(join(folder, 'variables'), { recursive: true })
    await writeWhole(join(folder, 'saved_model.pb'), encodeSavedModel(nodes, signature))
  }
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

/** What TensorFlow.js alone could not load, or would compute otherwise; null: nothing. */
function strangeToTfjs(model: LayersModel, layers: readonly TfLayer[]): string | null {
  const strange = [...new Set(layers)].filter(isCustomLayer).map((layer) => `${layer.name} (${layer.getClassName()})`)
  if (JSON.stringify(model.toJSON(null, false)).includes('KerasActivation')) strange.push('an activation')
  if (strange.length === 0) return null
  return (
    `TensorFlow.js has no ${strange.join(', ')} that computes what was trained; ` +
    'leave preprocessing out (--without-preprocessing) where it is one of those, or take another format'
  )
}

function compileNotes(compiled: boolean): string[] {
  if (!compiled) return ["The loss is none of Keras's: the model is not compiled"]
  return ['Compiled as it was trained; the state of the optimizer stays here']
}

/** @returns its bytes */
async function writeWhole(file: string, octets: Uint8Array): Promise<number> {
  const draft = `${file}.draft`
  try {
    await writeFile(draft, octets)
    await rename(draft, file)
    return octets.length
  } catch (error) {
    throw new MinimaError('bad-request', `the model cannot be written (${(error as Error).message})`)
  }
}

function columnsOf({ featureNames }: DataShape, positions: readonly number[] | null): string[] | null {
  if (featureNames === null) return null
  return positions === null ? [...featureNames] : positions.map((position) => featureNames[position] ?? '')
}

function namesOf(target: Target): string[] | null {
  const names = target.kind === 'values' ? target.names : target.classes
  return names === null ? null : [...names]
}

function preprocessingNotes({ preprocess }: Experiment, added: readonly string[], wanted: boolean): string[] {
  const steps = (of: (type: string) => boolean): string =>
    [...new Set(preprocess.map(({ type }) => type).filter(of))].join(', ')
  const scaling = steps((type) => type !== 'oneHot')
  const encoded = preprocess.filter((step) => step.type === 'oneHot' && step.columns !== undefined)
  return [
    ...(added.length > 0 ? [`Preprocessing (${scaling}) is in the model: ${added.join(', ')}`] : []),
    ...(!wanted && scaling !== '' ? [`Preprocessing (${scaling}) is not in the model: do it to what you give it`] : []),
    ...(encoded.length > 0 ? ['One-hot encoding is not in the model: give it the columns as they are listed'] : []),
  ]
}

/** Where Keras computes something else by the same name. */
function activationNotes({ nodes }: ModelGraph): string[] {
  const names = nodes.flatMap(({ name, spec }) =>
    'activation' in spec && spec.activation === 'sparsemax' ? [name] : [],
  )
  return names.map((name) => `${name} ends in sparsemax, which Keras 3.15 on TensorFlow computes otherwise`)
}
