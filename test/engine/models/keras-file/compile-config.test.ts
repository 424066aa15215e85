/** Losses, metrics and optimizers in `.keras` files: Keras compiles the model with each of them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { layer } from '../../../../src/contract/experiment/layers.ts'
import { LOSSES, lossDefaults, type Loss } from '../../../../src/contract/experiment/losses.ts'
import { metric as metricSchema, METRICS, type Metric } from '../../../../src/contract/experiment/metrics.ts'
import {
  optimizer as optimizerSchema,
  OPTIMIZERS,
  optimizerDefaults,
} from '../../../../src/contract/experiment/optimizer.ts'
import { compileConfig } from '../../../../src/main/engine/models/keras-file/compile-config.ts'
import { layerWeights } from '../../../../src/main/engine/models/keras-file/layer-weights.ts'
import { readCompiled } from '../../../../src/main/engine/models/keras-file/read-compile-config.ts'
import { encodeKerasFile } from '../../../../src/main/engine/models/keras-file/write-keras-file.ts'
import { chainOf } from '../../../support/chain.ts'
import { useBackend } from '../load-tf.ts'
import { buildWithWeights, inputsOf, type Numbers } from './built-model.ts'
import { describeWithKeras, PYTHON_TIMEOUT_MS, runKeras, temporaryFolder } from './keras-python.ts'

const CLASSES = 3
const mse = lossDefaults('meanSquaredError')
const REQUIRED: Readonly<Record<string, object>> = {
  sensitivityAtSpecificity: { specificity: 0.5 },
  specificityAtSensitivity: { sensitivity: 0.5 },
  precisionAtRecall: { recall: 0.5 },
  recallAtPrecision: { precision: 0.5 },
  meanIoU: { numClasses: CLASSES },
}
const ALL_METRICS = METRICS.map((type): Metric => metricSchema.parse({ type, ...REQUIRED[type] }))
const SCHEDULES = [
  { type: 'exponentialDecay', initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.9 },
  { type: 'piecewiseConstantDecay', boundaries: [5], values: [0.1, 0.01] },
  { type: 'cosineDecayRestarts', initialLearningRate: 0.1, firstDecaySteps: 10 },
]

interface Case {
  readonly name: string
  readonly file: string
  readonly loss: Loss
  readonly metrics: readonly Metric[]
  readonly optimizer: ReturnType<typeof optimizerDefaults>
}

const adam = optimizerDefaults('adam')
const CASES: readonly Case[] = [
  ...LOSSES.filter((type) => type !== 'perceptron').map((type) => ({
    name: `loss ${type}`,
    loss: lossDefaults(type),
    metrics: [],
    optimizer: adam,
  })),
  { name: 'loss huber {delta}', loss: { type: 'huber', delta: 0.5 } as const, metrics: [], optimizer: adam },
  ...ALL_METRICS.map((metric) => ({
    name: `metric ${metric.type}`,
    loss: metric.type.startsWith('sparse') ? lossDefaults('sparseCategoricalCrossentropy') : mse,
    metrics: [metric],
    optimizer: adam,
  })),
  ...OPTIMIZERS.map((type) => ({
    name: `optimizer ${type}`,
    loss: mse,
    metrics: [],
    optimizer: optimizerDefaults(type),
  })),
  ...SCHEDULES.map((learningRate) => ({
    name: `schedule ${learningRate.type}`,
    loss: mse,
    metrics: [],
    optimizer: optimizerSchema.parse({ type: 'sgd', learningRate, momentum: 0.9, clipnorm: 1 }),
  })),
].map((of, index) => ({ ...of, file: `${index}.keras` }))

interface Told {
  readonly error?: string
  readonly results?: Record<string, number | number[]>
  readonly optimizer?: [string, Record<string, unknown>]
  readonly warnings?: string[]
}

/** Class numbers for sparse losses, else one-hot rows. */
function labels(rows: number, isSparse: boolean): Numbers {
  const numbers = Array.from({ length: rows }, (_, row) => row % CLASSES)
  if (isSparse) return { shape: [rows, 1], values: numbers }
  const values = numbers.flatMap((label) => Array.from({ length: CLASSES }, (_, at) => Number(at === label)))
  return { shape: [rows, CLASSES], values }
}

test('a loss that only Minima has is not said', () => {
  const output = { loss: lossDefaults('perceptron'), lossWeight: 1, metrics: [], weightedMetrics: [] }
  expect(compileConfig(adam, [output])).toBeNull()
})

describeWithKeras('Keras compiles with', () => {
  const folder = temporaryFolder()
  let told: Record<string, Told> = {}

  beforeAll(async () => {
    await useBackend('cpu')
    const graph = chainOf([layer.parse({ type: 'dense', units: CLASSES, activation: 'softmax' })], [6])
    const weights = layerWeights(buildWithWeights(graph))
    const [x] = inputsOf(graph)
    const inputs: Record<string, unknown> = {}
    for (const { file, loss, metrics, optimizer } of CASES) {
      const config = compileConfig(optimizer, [{ loss, lossWeight: 1, metrics, weightedMetrics: [] }])
      writeFileSync(join(folder.dir, file), await encodeKerasFile({ graph, weights, compileConfig: config }))
      inputs[file] = { x, y: labels(4, loss.type.startsWith('sparse')) }
    }
    writeFileSync(join(folder.dir, 'inputs.json'), JSON.stringify(inputs))
    await runKeras('evaluate-all.py', folder.dir)
    told = JSON.parse(readFileSync(join(folder.dir, 'outputs.json'), 'utf8')) as typeof told
  }, PYTHON_TIMEOUT_MS)
  afterAll(() => folder.delete())

  it.each(CASES)('$name', ({ file, metrics, optimizer }) => {
    const { error, results = {}, optimizer: [className, config] = ['', {}], warnings = [] } = told[file] ?? {}
    expect(error).toBeUndefined()
    expect(Number.isFinite(results['loss'])).toBe(true)
    expect(Object.keys(results)).toHaveLength(1 + metrics.length)
    expect(className.toLowerCase()).toBe(optimizer.type)
    if (typeof optimizer.learningRate === 'number')
      expect(config['learning_rate']).toBeCloseTo(optimizer.learningRate, 6)
    else expect(config['learning_rate']).toMatchObject({ class_name: expect.stringMatching(/Decay/) as string })
    // The optimizer begins anew, and Keras says so.
    expect(warnings.filter((warning) => !warning.startsWith('Skipping variable loading for optimizer'))).toEqual([])
  })
})

test('metrics that are listed for each output are those of all, or of each by name', () => {
  const compiled = (metrics: unknown) =>
    readCompiled({ loss: ['mse', 'mse'], optimizer: 'adam', metrics }, ['main', 'aux']).fit?.['metrics']
  expect(compiled([['mae'], ['mae']])).toEqual(['meanAbsoluteError'])
  expect(compiled([['mae'], ['mae', 'rmse']])).toEqual({
    main: ['meanAbsoluteError'],
    aux: ['meanAbsoluteError', 'rootMeanSquaredError'],
  })
})
