/** Weights in memory and on the disk: snapshots to return to, and saved models in tfjs's LayersModel format. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import type { LayersModel, Tensor, Tf } from '../models/tf.ts'
import { vocabularyIn, type Token } from '../models/vocabulary.ts'
import type { TrainableModel } from '../models/trainable-model.ts'

export interface WeightSnapshot {
  readonly step: number
  readonly values: readonly Float32Array[]
}

export function takeSnapshot(model: TrainableModel, step: number): WeightSnapshot {
  return { step, values: model.getWeights().map((weight) => Float32Array.from(weight.dataSync())) }
}

export function restoreSnapshot(tf: Tf, model: TrainableModel, snapshot: WeightSnapshot): void {
  const shapes = model.getWeights().map((weight) => weight.shape)
  const tensors = snapshot.values.map((values, index) => tf.tensor(values, shapes[index] ?? []))
  model.setWeights(tensors)
  tf.dispose(tensors)
}

/**
 * Writes `model.json` and `weights.bin` into `dir/name`, whole or not at all; of a model that a script computes, which
 * cannot be described, what `saveWeights` does.
 */
export function saveModel(tf: Tf, model: TrainableModel, dir: string, name: string): Promise<void> {
  if (!isLayersModel(model)) return saveWeights(tf, model, dir, name)
  return save(tf, model, dir, name, ({ modelTopology, format, generatedBy, convertedBy }, weightsManifest) => {
    return { file: 'model.json', content: { modelTopology, format, generatedBy, convertedBy, weightsManifest } }
  })
}

/** Writes `weights.json`, tfjs's manifest, and `weights.bin` into `dir/name`, whole or not at all. */
export function saveWeights(tf: Tf, model: TrainableModel, dir: string, name: string): Promise<void> {
  return save(tf, model, dir, name, (_, weightsManifest) => ({ file: 'weights.json', content: weightsManifest }))
}

/** What layers have learnt that are no numbers, by their names. */
const VOCABULARIES = 'vocabularies.json'

type Artifacts = Pick<
  Parameters<Parameters<Tf['io']['withSaveHandler']>[0]>[0],
  'modelTopology' | 'format' | 'generatedBy' | 'convertedBy' | 'weightSpecs' | 'weightData'
>
type Describe = (artifacts: Artifacts, weightsManifest: unknown) => { file: string; content: unknown }

async function save(tf: Tf, model: TrainableModel, dir: string, name: string, describe: Describe): Promise<void> {
  const final = join(dir, name)
  const draft = `${final}.draft`
  await mkdir(draft, { recursive: true })
  const artifacts = await artifactsOf(tf, model)
  const manifest = [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }]
  const { file, content } = describe(artifacts, manifest)
  await writeFile(join(draft, 'weights.bin'), joinBuffers(artifacts.weightData))
  await writeFile(join(draft, file), JSON.stringify(content))
  const vocabularies = model.layers.flatMap((layer) => {
    const tokens = vocabularyIn(layer)?.tokens
    return tokens ? [[layer.name, tokens] as const] : []
  })
  if (vocabularies.length > 0) {
    await writeFile(join(draft, VOCABULARIES), JSON.stringify(Object.fromEntries(vocabularies)))
  }
  await rm(final, { recursive: true, force: true })
  await rename(draft, final)
}

async function artifactsOf(tf: Tf, model: TrainableModel): Promise<Artifacts> {
  if (!isLayersModel(model)) {
    const named = model.weights.map((weight) => ({ name: weight.name, tensor: weight.read() }))
    const { data, specs } = await tf.io.encodeWeights(named)
    return { weightSpecs: specs, weightData: data }
  }
  let artifacts: Artifacts = {}
  await model.save(
    tf.io.withSaveHandler((given) => {
      artifacts = given
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } })
    }),
  )
  return artifacts
}

function isLayersModel(model: TrainableModel): model is LayersModel {
  return 'save' in model
}

/**
 * Puts weights that `saveModel` or `saveWeights` wrote into a model of the same layers.
 * @throws MinimaError `not-found` when there are none, `data-invalid` when they are those of another model
 */
export async function loadWeights(tf: Tf, model: TrainableModel, dir: string): Promise<void> {
  const read = (file: string): Promise<Buffer> =>
    readFile(join(dir, file)).catch((error: Error) => {
      throw new MinimaError('not-found', `the saved weights cannot be read (${error.message})`)
    })
  const weightsOnly = existsSync(join(dir, 'weights.json'))
  const content = JSON.parse((await read(weightsOnly ? 'weights.json' : 'model.json')).toString()) as unknown
  const manifest = weightsOnly ? content : (content as { weightsManifest: unknown }).weightsManifest
  const specs = (manifest as { weights: WeightSpec[] }[]).flatMap(({ weights }) => weights)
  const bytes = await read('weights.bin')
  const saved = tf.io.decodeWeights(new Uint8Array(bytes).buffer, specs)
  const own = model.getWeights()
  const fits = specs.length === own.length && specs.every(({ shape }, at) => String(shape) === String(own[at]?.shape))
  if (!fits) throw new MinimaError('data-invalid', `the weights in ${dir} are those of another model`)
  model.setWeights(specs.map(({ name }) => saved[name] as Tensor))
  tf.dispose(saved)
  if (!existsSync(join(dir, VOCABULARIES))) return
  const vocabularies = JSON.parse((await read(VOCABULARIES)).toString()) as Record<string, Token[]>
  for (const layer of model.layers) {
    const vocabulary = vocabularyIn(layer)
    if (vocabulary) vocabulary.tokens = vocabularies[layer.name] ?? vocabulary.tokens
  }
}

type WeightSpec = Parameters<Tf['io']['decodeWeights']>[1][number]

function joinBuffers(data: ArrayBuffer | ArrayBuffer[] | undefined): Buffer {
  const parts = Array.isArray(data) ? data : data ? [data] : []
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}
