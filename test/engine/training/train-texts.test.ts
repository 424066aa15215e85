/** Text columns from the file to the saved model: layers that take texts train, op by op and compiled, and keep their words. */
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { experiment as experimentSchema, type ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { loadBackend } from '../../../src/main/engine/training/backends/ladder.ts'
import type { Runtime } from '../../../src/main/engine/training/backends/backend.ts'
import { prepareTraining, type PreparedTraining } from '../../../src/main/engine/training/prepare-training.ts'
import { loadWeights, saveModel } from '../../../src/main/engine/training/weights.ts'
import { vocabularyIn } from '../../../src/main/engine/models/vocabulary.ts'
import { tensorflowSkip } from '../../support/tensorflow.ts'
import { temporaryDir } from '../store/temporary-workspace.ts'

type Layers = ExperimentInput['model']['layers']

const GOOD = ['Good food!', 'very good', 'I liked it, good', 'so GOOD']
const BAD = ['bad food', 'very bad.', 'I hated it; bad', 'so bad', '']
const ROWS = Array.from({ length: 36 }, (_, row) => {
  const texts = row % 2 === 0 ? GOOD : BAD
  return [texts[row % texts.length] ?? '', ['Rome', 'Oslo', 'NA'][row % 3] ?? '', row / 36, row % 2]
})

/** With the last rows for validation, one of them with words that are in no training row. */
function input(layers: Layers, more: Partial<ExperimentInput> = {}): ExperimentInput {
  const rows = [...ROWS, ['unheard of', 'Bern', 0.5, 0], ['good', 'Rome', 0.5, 0]]
  return {
    data: {
      source: 'inline',
      columns: ['review', 'city', 'age', 'y'],
      target: 'y',
      text: ['review', 'city'],
      rows: rows as never,
    },
    preprocess: [{ type: 'standardize' }],
    split: { validation: 2 },
    model: { inputs: { review: ['review'], city: ['city'], age: ['age'] }, layers },
    fit: {
      loss: 'binaryCrossentropy',
      metrics: ['accuracy'],
      optimizer: { type: 'adam', learningRate: 0.05 },
      batchSize: 6,
    },
    ...more,
  }
}

const WORDS: Layers = [
  { type: 'textVectorization', from: 'review', outputSequenceLength: 4, name: 'words' },
  { type: 'embedding', inputDim: 20, outputDim: 4 },
  { type: 'globalAveragePooling1d', name: 'meaning' },
  { type: 'stringLookup', from: 'city', name: 'cities' },
  { type: 'embedding', inputDim: 5, outputDim: 2 },
  { type: 'flatten', name: 'place' },
  { type: 'concatenate', from: ['meaning', 'place', 'age'] },
  { type: 'dense', units: 1, activation: 'sigmoid' },
]

const COUNTS: Layers = [
  {
    type: 'textVectorization',
    from: 'review',
    outputMode: 'count',
    maxTokens: 12,
    padToMaxTokens: true,
    name: 'words',
  },
  { type: 'hashing', from: 'city', numBins: 4, outputMode: 'multiHot', name: 'cities' },
  { type: 'concatenate', from: ['words', 'cities', 'age'] },
  { type: 'dense', units: 1, activation: 'sigmoid' },
]

function prepare(given: ExperimentInput, runtime: Runtime, compile = true): Promise<PreparedTraining> {
  const experiment = experimentSchema.parse(given)
  return prepareTraining({ type: 'start', experiment, baseDir: tmpdir(), weightsDir: tmpdir() }, runtime, { compile })
}

/** Losses of each step of some epochs, and of the validation. */
function train({ steps }: PreparedTraining, epochs = 8): number[] {
  const taken = Array.from({ length: epochs * 6 }, (_, step) => {
    const rows = Int32Array.from({ length: 6 }, (_, row) => (step % 6) * 6 + row)
    return Array.from(steps.train(rows, false).losses)
  })
  return [...taken.flat(), ...Array.from(steps.evaluate('validation', Int32Array.of(0, 1)).losses)]
}

const vocabularyOf = ({ model }: PreparedTraining, name: string) => {
  const layer = model.layers.find((one) => one.name === name)
  return layer && vocabularyIn(layer)?.tokens
}

describe.each(['cpu', ...(tensorflowSkip() === null ? ['tensorflow'] : [])] as const)('on %s', (backend) => {
  test.each([
    ['words and an embedding', WORDS],
    ['counts of words, and hashes', COUNTS],
  ])('%s', async (_what, layers) => {
    const { runtime } = await loadBackend(backend as 'cpu')
    const training = await prepare(input(layers), runtime)
    expect(training.steps.how).toBe(backend === 'tensorflow' ? 'compiled' : 'op by op')
    const losses = train(training)
    expect(losses.at(-2)).toBeLessThan(0.3)
    const eager = train(await prepare(input(layers), runtime, false))
    for (const [at, loss] of eager.entries()) expect(losses[at]).toBeCloseTo(loss, 4)
  })

  test('the vocabulary is that of the training rows, and is saved with the model and loaded', async () => {
    const { runtime } = await loadBackend(backend as 'cpu')
    const training = await prepare(input(WORDS), runtime)
    expect(vocabularyOf(training, 'words')?.slice(0, 2)).toEqual(['good', 'bad'])
    expect(vocabularyOf(training, 'words')).not.toContain('unheard')
    expect(vocabularyOf(training, 'cities')).toEqual(['Rome', 'Oslo', 'NA'])
    train(training, 1)
    training.steps.pull()
    const dir = temporaryDir()
    await saveModel(runtime.tf, training.parts.model, dir, 'final')
    expect(JSON.parse(readFileSync(join(dir, 'final/vocabularies.json'), 'utf8'))).toHaveProperty('cities')

    const fewer = input(WORDS)
    const other = await prepare(
      { ...fewer, data: { ...fewer.data, rows: ROWS.filter((_, row) => row % 2 === 0) } as never },
      runtime,
      false,
    )
    expect(vocabularyOf(other, 'words')).not.toEqual(vocabularyOf(training, 'words'))
    await loadWeights(runtime.tf, other.parts.model, join(dir, 'final'))
    expect(vocabularyOf(other, 'words')).toEqual(vocabularyOf(training, 'words'))
  })
})

test.each<[string, ExperimentInput, RegExp]>([
  [
    'texts for a layer of numbers',
    input([{ type: 'dense', units: 1, activation: 'sigmoid' }], {
      model: { layers: [{ type: 'dense', units: 1, activation: 'sigmoid' }] },
    }),
    /"input" has the text columns review, city; give them an input of their own/,
  ],
  [
    'numbers for a layer of texts',
    input(
      [
        { type: 'hashing', from: 'age', numBins: 3 },
        { type: 'concatenate', from: ['hashing', 'age'] },
        { type: 'dense', units: 1, activation: 'sigmoid' },
      ],
      {
        model: {
          inputs: { age: ['age'] },
          layers: [
            { type: 'hashing', numBins: 3 },
            { type: 'dense', units: 1, activation: 'sigmoid' },
          ],
        },
      },
    ),
    /hashing takes text columns, and "age" has age; name them in data\.text/,
  ],
  [
    'rows of an unknown width',
    input(
      [
        { type: 'stringLookup', outputMode: 'oneHot' },
        { type: 'dense', units: 1, activation: 'sigmoid' },
      ],
      {
        model: {
          inputs: { city: ['city'] },
          layers: [
            { type: 'stringLookup', outputMode: 'oneHot' },
            { type: 'dense', units: 1, activation: 'sigmoid' },
          ],
        },
      },
    ),
    /expected a vocabulary whose size is known, for rows, got \[1\]; set maxTokens and padToMaxTokens: true, or vocabulary/,
  ],
])('%s is told before it trains', async (_what, given, message) => {
  const { runtime } = await loadBackend('wasm')
  await expect(prepare(given, runtime)).rejects.toThrow(message)
})
