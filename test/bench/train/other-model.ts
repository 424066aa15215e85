/**
 * Minima on a model that the experiment file cannot say yet, in a process of its own as its trainer is: takes work and
 * options as JSON, trains through the product's steps and loop, and sends what it logs to the process that forked it.
 */
import { lossDefaults } from '../../../src/contract/experiment/losses.ts'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { experiment as experimentSchema } from '../../../src/contract/experiment/experiment.ts'
import type { Split } from '../../../src/main/engine/data/dataset.ts'
import { trainableOf, type Forward } from '../../../src/main/engine/models/forward.ts'
import { createLoss } from '../../../src/main/engine/models/losses.ts'
import { createOptimizer } from '../../../src/main/engine/models/optimizers/optimizer.ts'
import { createStepCounter } from '../../../src/main/engine/models/step-counter.ts'
import type { LayersModel, Tensor, Tf } from '../../../src/main/engine/models/tf.ts'
import { tensorflow } from '../../../src/main/engine/training/backends/tensorflow.ts'
import { createSteps } from '../../../src/main/engine/training/create-steps.ts'
import { fit } from '../../../src/main/engine/training/fit.ts'
import { createLogSender } from '../../../src/main/engine/training/log-sender.ts'
import type { FitOptions } from './fitted.ts'
import type { Work } from './work.ts'

const [work, options] = process.argv.slice(2).map((text) => JSON.parse(text) as unknown) as [Work, FitOptions]

/** What the trainer itself would choose for a model this small. */
process.env['TF_NUM_INTRAOP_THREADS'] ??= '1'

function floats(path: string): Float32Array {
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

function wideDeep(tf: Tf): LayersModel {
  const inputs = tf.input({ shape: [...work.featureShape] })
  const dense = (units: number, activation: 'relu' | 'linear') => tf.layers.dense({ units, activation })
  const hidden = dense(30, 'relu').apply(dense(30, 'relu').apply(inputs))
  const joined = tf.layers.concatenate().apply([inputs, hidden as typeof inputs])
  return tf.model({ inputs, outputs: dense(1, 'linear').apply(joined) as typeof inputs })
}

function setFirstWeights(tf: Tf, model: LayersModel): void {
  const values = floats(work.files.weights)
  let from = 0
  const weights = work.weightShapes.map((shape) => {
    const size = shape.reduce((product, length) => product * length, 1)
    from += size
    return tf.tensor(values.slice(from - size, from), [...shape])
  })
  model.setWeights(weights)
}

function trainingRows(): Split {
  const featureWidth = work.featureShape.reduce((product, length) => product * length, 1)
  const table = {
    rows: work.rows,
    featureWidth,
    features: floats(work.files.features),
    labels: floats(work.files.labels),
  }
  return {
    rows: work.rows,
    featureWidth,
    labelWidth: 1,
    table,
    rowNumbers: null,
    affine: null,
    ofByte: null,
    oneHot: false,
  }
}

const { tf } = await tensorflow.load()
const { optimizer: optimizerSpec, batchSize } = work.case.fit
const experiment = experimentSchema.parse({
  data: { source: 'csv', file: work.files.features, target: 'value' },
  model: { layers: [{ type: 'dense', units: 1 }] },
  fit: { ...work.case.fit, epochs: options.epochs, shuffle: options.shuffle, seed: work.seed },
})
const model = wideDeep(tf)
setFirstWeights(tf, model)
const forward: Forward = {
  fromLogits: [false],
  trainable: model.layers.flatMap(trainableOf),
  outputs: (x, training) => [model.apply(x, { training }) as Tensor],
  activate: (outputs) => outputs,
  penalty: () => null,
}
const parts = {
  tf,
  model,
  forward,
  outputs: [
    { loss: createLoss(tf, lossDefaults('meanSquaredError'), false), lossWeight: 1, labels: null, metrics: [] },
  ],
  optimizer: createOptimizer(tf, experiment.fit.optimizer, forward.trainable),
  counter: createStepCounter(),
  featureShape: work.featureShape,
}
const summary = { inputShape: [], layers: [], params: 0, trainableParams: 0 }
const prepared = { model, made: model, layers: [], outputs: [], forward, summary }
const train = trainingRows()
const data = {
  shape: {
    featureShape: work.featureShape,
    featureNames: null,
    target: { kind: 'values' as const, names: ['value'], zeroOne: false },
    rows: work.rows,
    testFileRows: null,
    parts: { train: work.rows, validation: 0, test: 0 },
  },
  train,
  validation: null,
  test: null,
}
const steps = createSteps(parts, { parts: data, batchSize, weights: null }, experiment.fit.optimizer)
if (steps.how !== 'compiled') throw new Error(`${optimizerSpec.type}: ${steps.how}`)
const log = createLogSender((records) => process.send?.({ type: 'logs', records }))
await fit(
  { type: 'start', experiment, baseDir: tmpdir(), weightsDir: tmpdir() },
  {
    data,
    model: prepared,
    parts,
    steps,
    rowWeights: null,
    metrics: () => [],
    stepsPerEpoch: work.stepsPerEpoch,
    headlineTag: 'epoch/loss',
    notices: [],
  },
  {
    log,
    stopAsked: () => false,
    progress: (progress) => process.send?.({ type: 'progress', progress }),
    pause: () => new Promise((resume) => setImmediate(resume)),
    now: () => (performance.timeOrigin + performance.now()) / 1000,
  },
)
log.close()
process.send?.({ type: 'ended', device: 'CPU, compiled' }, () => process.exit(0))
