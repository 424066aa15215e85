/** Writes the model that a run saved into a file of another program's: weights, layers, what is done to features before. */
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { ExportedModel } from '../../../contract/model-files.ts'
import type { Affine, DataShape, Target } from '../data/dataset.ts'
import { inspectData } from '../data/inspect-data.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { buildModel } from '../models/build-model.ts'
import { compileConfig } from '../models/keras-file/compile-config.ts'
import { layerWeights } from '../models/keras-file/layer-weights.ts'
import { withPreprocessing } from '../models/keras-file/preprocessing-layers.ts'
import { encodeKerasFile } from '../models/keras-file/write-keras-file.ts'
import { resolveGraph, type ModelGraph } from '../models/model-graph.ts'
import { outputsOfGraph, resolveOutputs } from '../models/model-outputs.ts'
import { loadBackend } from './backends/ladder.ts'
import { loadWeights } from './weights.ts'

export interface ExportJob {
  readonly type: 'export'
  readonly experiment: Experiment
  /** What paths in the experiment are relative to. */
  readonly baseDir: string
  /** Where the run saved its weights. */
  readonly weightsDir: string
  /** Absolute. */
  readonly file: string
  readonly preprocessing: boolean
}

/** @throws MinimaError `bad-request` when the format cannot say the model; `not-found`, `data-invalid` */
export async function exportModel(job: ExportJob): Promise<ExportedModel> {
  const { experiment, file } = job
  if (!file.endsWith('.keras')) {
    throw new MinimaError('bad-request', `expected a file that ends in .keras, got ${file}`)
  }
  if (experiment.model.from === 'script') {
    throw new MinimaError(
      'bad-request',
      'the model is computed by a script: Keras has no words for it. Its weights are in the folder of the run',
    )
  }
  const { shape, affine } = await dataOf(job)
  const { graph } = resolveGraph(experiment.model, shape)
  // No more is computed than zeros to put the weights into.
  const { runtime } = await loadBackend('cpu')
  const built = buildModel(runtime.tf, graph, experiment.fit.seed, undefined, shape.texts?.texts)
  await loadWeights(runtime.tf, built.model, join(job.weightsDir, 'final'))
  const prepared = withPreprocessing(graph, affine)
  const weights = new Map([...prepared.weights, ...layerWeights(built)])
  const outputs = resolveOutputs(experiment, outputsOfGraph(graph), shape.target).outputs
  const compiled = compileConfig(experiment.fit.optimizer, outputs)
  const octets = await encodeKerasFile({ graph: prepared.graph, weights, compileConfig: compiled })
  await writeWhole(file, octets)
  return {
    file,
    bytes: octets.length,
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
      compiled === null
        ? "The loss is none of Keras's: the model is not compiled"
        : 'Compiled as it was trained; the state of the optimizer stays here',
      ...activationNotes(graph),
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

async function writeWhole(file: string, octets: Uint8Array): Promise<void> {
  const draft = `${file}.draft`
  try {
    await writeFile(draft, octets)
    await rename(draft, file)
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
