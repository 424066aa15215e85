/** Losses, metrics and activations, held against what Keras 3 computed: every `ops_*.json`. What is not supported is in docs/keras-coverage.md. */
import { beforeAll, describe, expect, it } from 'vitest'
import { activation as activationSchema } from '../../../src/contract/experiment/activation.ts'
import { loss as lossSchema, lossDefaults } from '../../../src/contract/experiment/losses.ts'
import { metric as metricSchema } from '../../../src/contract/experiment/metrics.ts'
import { activationFunction } from '../../../src/main/engine/models/activations.ts'
import { createCosts, createLoss, perRow } from '../../../src/main/engine/models/losses.ts'
import { createMetric, type MetricAccumulator } from '../../../src/main/engine/models/metrics/metric.ts'
import type { Tensor } from '../../../src/main/engine/models/tf.ts'
import { noGoldens, numberOf, readGoldens } from '../../parity/goldens.ts'
import { camelCase } from '../../parity/keras-names.ts'
import { BACKENDS, tf, useBackend } from './load-tf.ts'

type Nested = number | string | readonly Nested[]

interface LossGolden {
  readonly loss: string
  readonly config: Readonly<Record<string, unknown>>
  readonly y_true: readonly Nested[]
  readonly y_pred: readonly Nested[]
  readonly per_row: readonly Nested[]
  readonly reduced_sum_over_batch_size: number
  readonly grad_y_pred: readonly Nested[]
  readonly sample_weight: readonly number[]
  readonly reduced_with_sample_weight: number
}

interface MetricGolden {
  readonly metric: string
  readonly config: Readonly<Record<string, unknown>>
  readonly y_true: readonly Nested[]
  readonly y_pred: readonly Nested[]
  readonly after_first_half: Nested
  readonly result: Nested
  readonly sample_weight: readonly number[]
  readonly result_weighted: Nested
}

const GRADIENT = 'grad_of_sum(y[i]*(i+1))'

interface ActivationGolden {
  readonly activation: string
  readonly config: Readonly<Record<string, unknown>>
  readonly x: readonly Nested[]
  readonly y: readonly Nested[]
  readonly [GRADIENT]: readonly Nested[]
}

interface Ops {
  readonly activations: readonly ActivationGolden[]
  readonly losses: readonly LossGolden[]
  readonly metrics: readonly MetricGolden[]
}

/** Classes whose names are not their types with a great first letter. */
const TYPES: Readonly<Record<string, string>> = {
  Accuracy: 'exactAccuracy',
  AUC: 'auc',
  KLDivergence: 'klDivergence',
}

function specOf(name: string, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const settings = Object.entries(config).map(([key, value]) => [camelCase(key), value])
  return { type: TYPES[name] ?? name.charAt(0).toLowerCase() + name.slice(1), ...Object.fromEntries(settings) }
}

/** By halving the interval that the threshold is in, from which nothing of the code under test is taken. */
function nearestOfSimplex(row: readonly number[]): number[] {
  let [low, high] = [Math.min(...row) - 1, Math.max(...row)]
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2
    const sum = row.reduce((total, value) => total + Math.max(0, value - middle), 0)
    if (sum > 1) low = middle
    else high = middle
  }
  return row.map((value) => Math.max(0, value - high))
}

/** A PReLU layer whose slopes are all alike is a leaky ReLU. */
function activationOf({ activation, config }: ActivationGolden): unknown {
  if (activation.startsWith('PReLU')) return { type: 'leakyRelu', negativeSlope: config['alpha'] }
  return Object.keys(config).length === 0 ? camelCase(activation) : specOf(camelCase(activation), config)
}

/** [rows, …], of one number per row when it is a list of numbers. */
function rowsOf(values: readonly Nested[]): Tensor {
  const flat = (values.flat(9) as (number | string)[]).map(numberOf)
  return tf.tensor(flat, [values.length, flat.length / values.length], 'float32')
}

function numbers(value: Nested): number[] {
  return ([value].flat(9) as (number | string)[]).map(numberOf)
}

function expectClose(actual: ArrayLike<number>, wanted: Nested, tolerance = 2e-6): void {
  const expected = numbers(wanted)
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, index) => {
    const apart = Math.abs((actual[index] ?? NaN) - value) / Math.max(1, Math.abs(value))
    expect(apart, `number ${index}: ${actual[index]}, Keras ${value}`).toBeLessThan(tolerance)
  })
}

const files = readGoldens<Ops>('ops')
if (files.length === 0) it('every ops_*.json', ({ skip }) => skip(noGoldens('ops')))
const cases = files.flatMap((of) => BACKENDS.map((backend) => ({ ...of, backend })))

describe.each(cases)('Keras on $backend: $file', ({ golden, backend }) => {
  beforeAll(() => useBackend(backend))

  it('sparsemax is the nearest point of the simplex, which Keras 3.15 on TensorFlow gives for one class only', () => {
    for (const of of golden.activations.filter(({ activation }) => activation === 'sparsemax')) {
      const x = rowsOf(of.x)
      const rows = x.arraySync() as number[][]
      expectClose(activationFunction(tf, 'sparsemax')(x).dataSync(), rows.map(nearestOfSimplex))
    }
  })

  const activations = golden.activations.filter(({ activation }) => activation !== 'sparsemax')
  it.each(activations.map((of, index) => ({ ...of, index, of: JSON.stringify(of.config) })))(
    'activation $index: $activation $of',
    (of) => {
      const apply = activationFunction(tf, activationSchema.parse(activationOf(of)))
      const x = rowsOf(of.x)
      expectClose(apply(x).dataSync(), of.y)
      const weighted = (values: Tensor): Tensor =>
        tf.sum(tf.mul(tf.reshape(values, [-1]), tf.range(1, values.size + 1)))
      const gradient = tf.grad((input) => weighted(apply(input)))(x)
      // At selu's corner TensorFlow.js has the slope from the left, Keras that from the right; at PReLU's Keras has none.
      const counted = /^(selu|PReLU)/.test(of.activation) ? tf.notEqual(x, 0) : tf.onesLike(x)
      const wanted = tf.mul(rowsOf(of[GRADIENT]), counted)
      expectClose(tf.mul(gradient, counted).dataSync(), [...wanted.dataSync()], 5e-6)
    },
  )

  it.each(golden.losses.map((of, index) => ({ ...of, index, of: JSON.stringify(of.config) })))(
    'loss $index: $loss $of',
    (of) => {
      const spec = lossSchema.parse(specOf(of.loss, of.config))
      const [yTrue, yPred] = [rowsOf(of.y_true), rowsOf(of.y_pred)]
      const loss = createLoss(tf, spec, false)
      const ignores = spec.type === 'sparseCategoricalCrossentropy' && spec.ignoreClass !== null
      if (!ignores) expectClose(perRow(tf, createCosts(tf, spec, false)(yTrue, yPred)).dataSync(), of.per_row)
      expectClose(loss(yTrue, yPred).dataSync(), of.reduced_sum_over_batch_size)
      expectClose(loss(yTrue, yPred, tf.tensor1d([...of.sample_weight])).dataSync(), of.reduced_with_sample_weight)
      const gradient = tf.grad((output) => loss(yTrue, output))(yPred)
      expectClose(gradient.dataSync(), of.grad_y_pred, 5e-6)
    },
  )

  it.each(golden.metrics.map((of, index) => ({ ...of, index, of: JSON.stringify(of.config) })))(
    'metric $index: $metric $of',
    (of) => {
      const spec = metricSchema.parse(specOf(of.metric, of.config))
      const [yTrue, yPred] = [rowsOf(of.y_true), rowsOf(of.y_pred)]
      const widths = { label: yTrue.shape[1] ?? 1, output: yPred.shape[1] ?? 1 }
      const context = { loss: lossDefaults('meanSquaredError'), widths }
      const accumulator = createMetric(tf, spec, context)
      const half = Math.floor((yTrue.shape[0] ?? 0) / 2)
      feed(accumulator, yTrue, yPred, null, 0, half)
      expectClose(accumulator.results(), of.after_first_half, 5e-6)
      feed(accumulator, yTrue, yPred, null, half, (yTrue.shape[0] ?? 0) - half)
      expectClose(accumulator.results(), of.result, 5e-6)
      const weighted = createMetric(tf, spec, { ...context, weighted: true })
      feed(weighted, yTrue, yPred, tf.tensor1d([...of.sample_weight]), 0, yTrue.shape[0] ?? 0)
      expectClose(weighted.results(), of.result_weighted, 1e-5)
    },
  )
})

function feed(
  accumulator: MetricAccumulator,
  yTrue: Tensor,
  yPred: Tensor,
  weights: Tensor | null,
  from: number,
  rows: number,
): void {
  const sums = tf.tidy(() => {
    const predictions = tf.slice(yPred, [from, 0], [rows, -1])
    return accumulator
      .measure({
        yTrue: tf.slice(yTrue, [from, 0], [rows, -1]),
        output: predictions,
        predictions: () => predictions,
        loss: tf.scalar(0),
        weights,
      })
      .dataSync()
  })
  expect(sums.length).toBe(accumulator.width)
  accumulator.update(sums, 0, rows)
}
