/** Every example that ships is sound, and trains. */
import { lossDefaults } from '../../../src/contract/experiment/losses.ts'
import { metricDefaults } from '../../../src/contract/experiment/metrics.ts'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { MinimaError } from '../../../src/contract/errors.ts'
import type { Experiment } from '../../../src/contract/experiment/experiment.ts'
import { epochOrder, gatherBatch } from '../../../src/main/engine/data/batches.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { checkExperiment } from '../../../src/main/engine/experiment/check.ts'
import { parseExperiment } from '../../../src/main/engine/experiment/parse.ts'
import { formatProblem, problemOfData } from '../../../src/main/engine/experiment/problems.ts'
import { createLoss } from '../../../src/main/engine/models/losses.ts'
import { createMetric } from '../../../src/main/engine/models/metrics/metric.ts'
import { createOptimizer } from '../../../src/main/engine/models/optimizers/optimizer.ts'
import { tf, useBackend } from '../models/load-tf.ts'
import { buildChain, chainForward } from '../../support/chain.ts'
import { lossesOf } from '../../../src/contract/experiment/fit.ts'
import { type LayerSpec } from '../../../src/contract/experiment/layers.ts'

const EXAMPLES = resolve('examples')
const FILES = readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml'))
/** Needs data that does not ship. */
const FULL = 'fashion-mnist.yaml'
const FULL_DATA = resolve('../shared/data/fashion-mnist')

interface Trained {
  readonly losses: number[]
  /** Of the first metric over the training rows, after training. */
  readonly metric: number
}

/** Trains for all epochs, or until `maxSteps`. */
async function train(experiment: Experiment, maxSteps: number): Promise<Trained> {
  const { fit } = experiment
  const layers = experiment.model.layers as LayerSpec[]
  const [kind = lossDefaults('meanSquaredError')] = lossesOf(fit)
  const [named = metricDefaults('accuracy')] = Array.isArray(fit.metrics) ? fit.metrics : []
  const { shape, train: rows } = await loadDataset(experiment, EXAMPLES)
  const built = buildChain(tf, layers, shape.featureShape, fit.seed)
  const forward = chainForward(tf, built, layers, kind.type)
  const loss = createLoss(tf, kind, forward.fromLogits)
  const optimizer = createOptimizer(tf, fit.optimizer, forward.trainable)
  const batch = (rowNumbers: Int32Array) => {
    const x = new Float32Array(rowNumbers.length * rows.featureWidth)
    const y = new Float32Array(rowNumbers.length * rows.labelWidth)
    gatherBatch(rows, rowNumbers, x, y)
    return {
      x: tf.tensor(x, [rowNumbers.length, ...shape.featureShape]),
      y: tf.tensor(y, [rowNumbers.length, rows.labelWidth]),
    }
  }
  const losses: number[] = []
  for (let epoch = 0; epoch < fit.epochs && losses.length < maxSteps; epoch++) {
    const order = epochOrder(rows.rows, fit.seed, epoch, fit.shuffle)
    for (let at = 0; at < order.length && losses.length < maxSteps; at += fit.batchSize) {
      const { x, y } = batch(order.subarray(at, at + fit.batchSize))
      const { value, grads } = tf.variableGrads(() => loss(y, forward.output(x, true)))
      optimizer.applyGradients(grads)
      losses.push(value.dataSync()[0] ?? NaN)
      tf.dispose([value, grads])
    }
  }
  const { x, y } = batch(epochOrder(Math.min(rows.rows, 100), 0, 0, false))
  const output = forward.predict(x)
  const widths = { label: rows.labelWidth, output: output.shape.at(-1) ?? 1 }
  const metric = createMetric(tf, named, { loss: kind, widths })
  const hits = metric.measure({ yTrue: y, output, predictions: () => output, loss: tf.scalar(0), weights: null })
  metric.update(hits.dataSync(), 0, output.shape[0] ?? 0)
  return { losses, metric: metric.results()[0] ?? NaN }
}

function read(file: string): ReturnType<typeof parseExperiment> & { text: string } {
  const text = readFileSync(resolve(EXAMPLES, file), 'utf8')
  const overrides = file === FULL ? { 'data.dir': FULL_DATA } : {}
  return { ...parseExperiment({ text, overrides }), text }
}

describe('examples', () => {
  beforeAll(() => useBackend('wasm'))

  it('are these', () => {
    expect(FILES).toEqual([
      'california-housing.yaml',
      'fashion-mnist-sample.yaml',
      'fashion-mnist.yaml',
      'iris.yaml',
      'perceptron.yaml',
      'xor.yaml',
    ])
  })

  it.each(FILES)('%s is complete by the schema, has a name and says what it shows', (file) => {
    const { text, experiment, problems } = read(file)
    expect(problems.map(formatProblem)).toEqual([])
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../resources/experiment.schema.json')
    expect([experiment?.name, experiment?.description].map((words) => words === undefined || words === '')).toEqual([
      false,
      false,
    ])
  })

  it.each(FILES.filter((file) => file !== FULL || existsSync(FULL_DATA)))('%s trains', async (file) => {
    const { experiment, positions } = read(file)
    if (experiment === null) throw new Error('does not parse')
    const shape = await inspectData(experiment, EXAMPLES)
    expect(checkExperiment(experiment, shape, { backend: 'wasm', positions }).map(formatProblem)).toEqual([])
    const { losses } = await train(experiment, 3)
    expect(losses.every((loss) => Number.isFinite(loss) && loss > 0)).toBe(true)
  })

  it.each(['xor.yaml', 'perceptron.yaml'])('%s learns all of it', async (file) => {
    const { experiment } = read(file)
    if (experiment === null) throw new Error('does not parse')
    const { losses, metric } = await train(experiment, Infinity)
    expect(metric).toBe(1)
    expect(losses.at(-1)).toBeLessThan(0.2)
  })

  it('say which file is missing, and on which line', async () => {
    const { text } = read(FULL)
    const { experiment, positions } = parseExperiment({ text, overrides: {} })
    if (experiment === null) throw new Error('does not parse')
    const error = await inspectData(experiment, resolve('test')).catch((thrown: unknown) => thrown)
    if (!(error instanceof MinimaError)) throw error
    const line = text.split('\n').findIndex((words) => words.includes('train: { features')) + 1
    expect(problemOfData(error, positions)).toMatchObject({ path: 'data.train.features', line })
  })
})
