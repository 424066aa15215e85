import { beforeAll, describe, expect, it } from 'vitest'
import { lossDefaults, type LossType } from '../../../src/contract/experiment/losses.ts'
import { metric as metricSchema } from '../../../src/contract/experiment/metrics.ts'
import {
  createMetric,
  type MetricAccumulator,
  type MetricWidths,
} from '../../../src/main/engine/models/metrics/metric.ts'
import { BACKENDS, tf, useBackend } from './load-tf.ts'

interface Case {
  metric: string
  loss: LossType
  label: number
  output: number
  /** Two batches of two rows, then one of one row. */
  batches: [yTrue: number[], yPred: number[]][]
  perBatch: number[]
  result: number
}

const CASES: Case[] = [
  {
    metric: 'accuracy',
    loss: 'binaryCrossentropy',
    label: 1,
    output: 1,
    // 0.5 is not above the threshold.
    batches: [
      [
        [1, 0],
        [0.51, 0.5],
      ],
      [
        [1, 1],
        [0.5, 0.9],
      ],
      [[0], [0.7]],
    ],
    perBatch: [1, 0.5, 0],
    result: 3 / 5,
  },
  {
    metric: 'accuracy',
    loss: 'sparseCategoricalCrossentropy',
    label: 1,
    output: 3,
    // Of equals the first counts.
    batches: [
      [
        [0, 2],
        [0.4, 0.4, 0.2, 0.1, 0.2, 0.7],
      ],
      [
        [1, 1],
        [0.4, 0.4, 0.2, 0.1, 0.7, 0.2],
      ],
      [[2], [0, 0, 1]],
    ],
    perBatch: [1, 0.5, 1],
    result: 4 / 5,
  },
  {
    metric: 'accuracy',
    loss: 'categoricalCrossentropy',
    label: 2,
    output: 2,
    batches: [
      [
        [1, 0, 0, 1],
        [0.6, 0.4, 0.6, 0.4],
      ],
      [
        [1, 0, 1, 0],
        [0.6, 0.4, 0.6, 0.4],
      ],
      [
        [0, 1],
        [0.6, 0.4],
      ],
    ],
    perBatch: [0.5, 1, 0],
    result: 3 / 5,
  },
  {
    metric: 'accuracy',
    loss: 'meanSquaredError',
    label: 1,
    output: 1,
    batches: [
      [
        [1, 0],
        [2, -1],
      ],
      [
        [1, 1],
        [0, 0],
      ],
      [[0], [0]],
    ],
    perBatch: [1, 0, 1],
    result: 3 / 5,
  },
  {
    metric: 'meanSquaredError',
    loss: 'meanSquaredError',
    label: 2,
    output: 2,
    batches: [
      [
        [0, 0, 0, 0],
        [1, 1, 2, 2],
      ],
      [
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ],
      [
        [0, 0],
        [3, 1],
      ],
    ],
    perBatch: [2.5, 0, 5],
    result: 20 / 10,
  },
  {
    metric: 'meanAbsoluteError',
    loss: 'meanSquaredError',
    label: 1,
    output: 1,
    batches: [
      [
        [0, 0],
        [-1, 3],
      ],
      [
        [1, 1],
        [1, 1],
      ],
      [[0], [6]],
    ],
    perBatch: [2, 0, 6],
    result: 10 / 5,
  },
  {
    metric: 'rootMeanSquaredError',
    loss: 'meanSquaredError',
    label: 1,
    output: 1,
    // Not the mean of the batches' values.
    batches: [
      [
        [0, 0],
        [3, 3],
      ],
      [
        [0, 0],
        [0, 0],
      ],
      [[0], [1]],
    ],
    perBatch: [3, 0, 1],
    result: Math.sqrt(19 / 5),
  },
]

/** The value of a batch by itself, given activated predictions. */
function feed(
  accumulator: MetricAccumulator,
  { label, output }: MetricWidths,
  yTrue: number[],
  yPred: number[],
): number {
  const rows = yTrue.length / label
  const sum = tf.tidy(() => {
    const predictions = tf.tensor(yPred, [rows, output])
    const batch = {
      yTrue: tf.tensor(yTrue, [rows, label]),
      output: predictions,
      predictions: () => predictions,
      loss: tf.scalar(0),
      weights: null,
    }
    return accumulator.measure(batch).dataSync()
  })
  return accumulator.update(sum, 0, rows)[0] ?? NaN
}

describe.each(BACKENDS)('createMetric on %s', (backend) => {
  beforeAll(() => useBackend(backend))

  it.each(CASES)('$metric with $loss: per batch, and over all rows', (testCase) => {
    const { metric, loss, batches, perBatch, result } = testCase
    const accumulator = createMetric(tf, metricSchema.parse(metric), { loss: lossDefaults(loss), widths: testCase })
    expect(accumulator.results()[0]).toBe(NaN)
    const values = batches.map(([yTrue, yPred]) => feed(accumulator, testCase, yTrue, yPred))
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo(perBatch[index] ?? NaN, 6)
    expect(accumulator.results()[0]).toBeCloseTo(result, 6)
    accumulator.reset()
    expect(accumulator.results()[0]).toBe(NaN)
    for (const [yTrue, yPred] of batches) feed(accumulator, testCase, yTrue, yPred)
    expect(accumulator.results()[0]).toBeCloseTo(result, 6)
  })

  it('keeps no tensors', () => {
    const accumulator = createMetric(tf, metricSchema.parse('accuracy'), {
      loss: lossDefaults('binaryCrossentropy'),
      widths: { label: 1, output: 1 },
    })
    const before = tf.memory().numTensors
    feed(accumulator, { label: 1, output: 1 }, [1, 0], [0.6, 0.4])
    expect(tf.memory().numTensors).toBe(before)
  })
})
