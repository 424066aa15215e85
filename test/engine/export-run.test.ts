/** A run in a file of Keras's: what the experiment does to its features goes along. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { unzipSync } from 'fflate'
import { parse } from 'yaml'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isLive, type RunId } from '../../src/contract/terms.ts'
import { createEngine, type Engine } from '../../src/main/engine/index.ts'
import { deleteWorkspace, eventually, ROOT, temporaryWorkspace } from '../support/served-app.ts'
import { skipWithoutTensorflow } from '../support/tensorflow.ts'
import type { Tensor } from '../../src/main/engine/models/tf.ts'
import { tf, useBackend } from './models/load-tf.ts'
import { describeWithKeras, PYTHON_TIMEOUT_MS, runKeras } from './models/keras-file/keras-python.ts'

const ROWS = Array.from({ length: 12 }, (_, row) => [row * 1000 + 1e6, row % 3, (row * 7) % 5, ['cat', 'dog'][row % 2]])
const TEXT = `
name: animals
backend: cpu
data: { source: inline, columns: [weight, legs, age, animal], target: animal, rows: ${JSON.stringify(ROWS)} }
split: { test: 4 }
preprocess: [{ type: standardize }, { type: scale, divideBy: 2 }]
model:
  inputs: { wide: [weight, legs], deep: [legs, age] }
  layers:
    - { type: dense, units: 4, activation: relu, from: deep, name: hidden }
    - { type: concatenate, from: [wide, hidden] }
    - { type: dense, units: 2, activation: softmax, name: animal }
fit:
  loss: sparseCategoricalCrossentropy
  optimizer: { type: adam, learningRate: 0.01 }
  metrics: [accuracy]
  epochs: 2
  batchSize: 4
`

const REVIEWS = [
  ['Good food!', 'Rome', 1, 1],
  ['very bad.', 'Oslo', 2, 0],
  ['so GOOD', 'Rome', 3, 1],
  ['I hated it; bad', 'NA', 2, 0],
  ['good', 'Oslo', 1, 1],
  ['bad', 'Bern', 0, 0],
  ['good good', 'Rome', 5, 1],
  ['bad thing', 'Oslo', 3, 0],
] as const

/** All layers that learn words or bins, or hash. */
const TEXTS = `
name: reviews
backend: cpu
data: { source: inline, columns: [review, city, age, y], target: y, text: [review, city], rows: ${JSON.stringify(REVIEWS)} }
split: { test: 4 }
preprocess: [{ type: standardize }]
model:
  inputs: { review: [review], city: [city], age: [age] }
  layers:
    - { type: textVectorization, from: review, outputSequenceLength: 4, name: words }
    - { type: embedding, inputDim: 20, outputDim: 4 }
    - { type: globalAveragePooling1d, name: meaning }
    - { type: stringLookup, from: city, name: cities, numOovIndices: 2 }
    - { type: embedding, inputDim: 6, outputDim: 2 }
    - { type: flatten, name: place }
    - { type: hashing, from: city, numBins: 3, outputMode: oneHot, name: hashes }
    - { type: discretization, from: age, numBins: 2, outputMode: oneHot, name: ages }
    - { type: integerLookup, from: age, vocabulary: [1, 2, 3], outputMode: multiHot, name: numbers }
    - { type: concatenate, from: [meaning, place, hashes, ages, numbers, age] }
    - { type: dense, units: 1, activation: sigmoid }
fit: { loss: binaryCrossentropy, optimizer: adam, epochs: 20, batchSize: 4 }
`

let workspace: string
let engine: Engine

beforeEach(() => {
  workspace = temporaryWorkspace()
  engine = createEngine({
    workspaceDir: workspace,
    version: '0.1.0',
    trainerScript: resolve(ROOT, 'src/main/engine/training/trainer-process.ts'),
    scriptProgram: 'none',
    pageDir: workspace,
    examplesDir: workspace,
  })
})
afterEach(async () => {
  await engine.close({ stopRuns: true })
  deleteWorkspace(workspace)
})

async function trained(text: string): Promise<RunId> {
  const params = { text, baseDir: workspace, path: null, overrides: {}, name: null, script: false }
  const { runId } = await engine.handlers['runs.start'](params)
  await eventually('the end of the run', async () => !isLive((await engine.handlers['runs.get']({ runId })).state))
  expect(await engine.handlers['runs.get']({ runId })).toMatchObject({ state: 'finished', error: null })
  return runId
}

function configOf(file: string): {
  config: { layers: { class_name: string; name: string }[] }
  compile_config: object
} {
  const { 'config.json': config } = unzipSync(readFileSync(file))
  return JSON.parse(Buffer.from(config ?? []).toString()) as ReturnType<typeof configOf>
}

test('the file holds the layers with the preprocessing in front, and what the model was compiled with', async () => {
  const runId = await trained(TEXT)
  const file = join(workspace, 'animals.keras')
  expect(await engine.handlers['runs.export']({ runId, file, format: 'keras', preprocessing: true })).toMatchObject({
    file,
    layers: 5,
    params: 26,
    inputs: [
      { name: 'wide', shape: [2], columns: ['weight', 'legs'] },
      { name: 'deep', shape: [2], columns: ['legs', 'age'] },
    ],
    outputs: [{ name: 'animal', names: ['cat', 'dog'] }],
    notes: [
      'Preprocessing (standardize, scale) is in the model: wide_normalization (Normalization), deep_normalization (Normalization)',
      'Compiled as it was trained; the state of the optimizer stays here',
    ],
  })
  const { config, compile_config } = configOf(file)
  expect(config.layers.map(({ class_name: name }) => name).toSorted()).toEqual(
    ['InputLayer', 'InputLayer', 'Normalization', 'Normalization', 'Dense', 'Concatenate', 'Dense'].toSorted(),
  )
  expect(compile_config).toMatchObject({ optimizer: { class_name: 'Adam' }, metrics: ['accuracy'] })

  const bare = await engine.handlers['runs.export']({ runId, file, format: 'keras', preprocessing: false })
  expect(bare.notes[0]).toBe('Preprocessing (standardize, scale) is not in the model: do it to what you give it')
  expect(configOf(file).config.layers).toHaveLength(5)
})

test('a layer that Keras cannot say is named, and so is a file of no known format', async () => {
  const known = await trained(TEXT)
  const ownOnly = await trained(TEXT.replace('activation: relu', 'activation: heaviside'))
  const to = async (runId: RunId, name: string) =>
    engine.handlers['runs.export']({ runId, file: join(workspace, name), format: 'keras', preprocessing: true })
  await expect(to(ownOnly, 'a.keras')).rejects.toThrow('the layer hidden (dense): Keras has no activation heaviside')
  await expect(to(known, 'a.onnx')).rejects.toThrow('expected a file that ends in .keras')
  await expect(to(known, 'nowhere/a.keras')).rejects.toThrow('the model cannot be written')
})

describeWithKeras('Keras', () => {
  test(
    'predicts from the raw columns what Minima predicts',
    async () => {
      const runId = await trained(TEXT)
      await engine.handlers['runs.export']({
        runId,
        file: join(workspace, 'animals.keras'),
        format: 'keras',
        preprocessing: true,
      })
      const rows = ROWS.slice(-4)
      const columns = (...of: number[]) => ({
        shape: [4, of.length],
        values: rows.flatMap((row) => of.map((at) => row[at])),
      })
      const inputs = { 'animals.keras': [columns(0, 1), columns(1, 2)] }
      writeFileSync(join(workspace, 'inputs.json'), JSON.stringify(inputs))
      await runKeras('predict-all.py', workspace)
      const outputs = JSON.parse(readFileSync(join(workspace, 'outputs.json'), 'utf8')) as {
        'animals.keras': { values: number[][] }
      }
      const ours = await engine.handlers['runs.predict']({ runId, runScript: false, part: 'test', rows: 4 })
      const theirs = outputs['animals.keras'].values.flat()
      for (const [at, value] of ours.values.flat().entries()) expect(theirs[at]).toBeCloseTo(value, 5)
    },
    PYTHON_TIMEOUT_MS,
  )

  test(
    'predicts from texts what Minima predicts, by the words that were learnt, and they come back',
    async () => {
      const runId = await trained(TEXTS)
      const file = join(workspace, 'reviews.keras')
      await engine.handlers['runs.export']({ runId, file, format: 'keras', preprocessing: true })
      const rows = REVIEWS.slice(-4)
      const column = (of: number) => ({ shape: [4, 1], values: rows.map((row) => row[of]) })
      const inputs = { 'reviews.keras': [column(0), column(1), column(2)] }
      writeFileSync(join(workspace, 'inputs.json'), JSON.stringify(inputs))
      await runKeras('predict-all.py', workspace)
      const { 'reviews.keras': told } = JSON.parse(readFileSync(join(workspace, 'outputs.json'), 'utf8')) as {
        'reviews.keras': { values: number[][]; error?: string }
      }
      expect(told.error).toBeUndefined()
      const ours = await engine.handlers['runs.predict']({ runId, runScript: false, part: 'test', rows: 4 })
      for (const [at, value] of ours.values.flat().entries()) expect(told.values.flat()[at]).toBeCloseTo(value, 5)

      const { text } = await engine.handlers['models.import']({ file, baseDir: workspace })
      expect(text).toContain('# review takes texts: name its columns in data.text')
      const { model } = parse(text) as { model: { layers: { type: string; vocabulary?: string[] }[] } }
      const words = model.layers.find(({ type }) => type === 'textVectorization')
      expect(words?.vocabulary).toEqual(expect.arrayContaining(['good', 'bad']))
    },
    PYTHON_TIMEOUT_MS,
  )

  test(
    'and TensorFlow serves, from a SavedModel that takes any number of rows',
    async (context) => {
      skipWithoutTensorflow(context)
      const runId = await trained(TEXT)
      const file = join(workspace, 'model')
      await engine.handlers['runs.export']({ runId, file, format: 'savedModel', preprocessing: true })
      const rows = ROWS.slice(-4)
      const columns = (...of: number[]) => ({
        shape: [4, of.length],
        values: rows.flatMap((row) => of.map((at) => row[at])),
      })
      writeFileSync(join(workspace, 'inputs.json'), JSON.stringify({ wide: columns(0, 1), deep: columns(1, 2) }))
      await runKeras('serve-saved-model.py', workspace)
      const { outputs, shapes } = JSON.parse(readFileSync(join(workspace, 'outputs.json'), 'utf8')) as {
        outputs: { animal: number[] }
        shapes: unknown
      }
      expect(shapes).toEqual({ wide: [null, 2], deep: [null, 2] })
      const ours = await engine.handlers['runs.predict']({ runId, runScript: false, part: 'test', rows: 4 })
      for (const [at, value] of ours.values.flat().entries()) expect(outputs.animal[at]).toBeCloseTo(value, 5)
    },
    PYTHON_TIMEOUT_MS,
  )
})

test('TensorFlow.js alone loads a folder and predicts the same; what it lacks is named', async () => {
  await useBackend('cpu')
  const runId = await trained(TEXT.replace(/^preprocess.*$/m, ''))
  const file = join(workspace, 'tfjs')
  await engine.handlers['runs.export']({ runId, file, format: 'tfjs', preprocessing: true })
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(file, 'model.json'), 'utf8')) as {
    modelTopology: object
    weightsManifest: { weights: never[] }[]
  }
  const weightData = new Uint8Array(readFileSync(join(file, 'weights.bin'))).buffer
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }))
  const rows = ROWS.slice(-4) as number[][]
  const [wide, deep] = [
    [0, 1],
    [1, 2],
  ].map((of) => tf.tensor2d(rows.map((row) => of.map((at) => row[at] ?? 0))))
  const theirs = (model.predict([wide as Tensor, deep as Tensor]) as Tensor).dataSync()
  const ours = await engine.handlers['runs.predict']({ runId, runScript: false, part: 'test', rows: 4 })
  for (const [at, value] of ours.values.flat().entries()) expect(theirs[at]).toBeCloseTo(value, 5)

  const scaled = await trained(TEXT)
  const to = (name: string, preprocessing: boolean) =>
    engine.handlers['runs.export']({ runId: scaled, file: join(workspace, name), format: 'tfjs', preprocessing })
  await expect(to('with', true)).rejects.toThrow(/has no wide_normalization \(Normalization\).*--without-preprocessing/)
  expect(await to('without', false)).toMatchObject({ params: 26 })
  await expect(to('without', false)).rejects.toThrow('is there, and not empty; name a new folder')
})
