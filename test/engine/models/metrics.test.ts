import { describe, expect, it } from 'vitest'
import type { Loss, Metric } from '../../../src/contract/experiment/fit.ts'
import { createMetric } from '../../../src/main/engine/models/metrics.ts'

interface Case {
  metric: Metric
  loss: Loss
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

describe('createMetric', () => {
  it.each(CASES)(
    '$metric with $loss: per batch, and over all rows',
    ({ metric, loss, label, output, batches, perBatch, result }) => {
      const accumulator = createMetric(metric, loss, { label, output })
      expect(accumulator.result()).toBe(NaN)
      const feed = (): number[] =>
        batches.map(([yTrue, yPred]) =>
          accumulator.update(Float32Array.from(yTrue), Float32Array.from(yPred), yTrue.length / label),
        )
      expect(feed()).toEqual(perBatch)
      expect(accumulator.result()).toBeCloseTo(result, 12)
      accumulator.reset()
      expect(accumulator.result()).toBe(NaN)
      feed()
      expect(accumulator.result()).toBeCloseTo(result, 12)
    },
  )

  it('takes only the rows it is told of', () => {
    const accumulator = createMetric('meanAbsoluteError', 'meanSquaredError', { label: 1, output: 1 })
    expect(accumulator.update(Float32Array.from([1, 99]), Float32Array.from([3, 0]), 1)).toBe(2)
  })
})
