import { describe, expect, it } from 'vitest'
import { lossDefaults, type LossType } from '../../../src/contract/experiment/losses.ts'
import { createLoss } from '../../../src/main/engine/models/losses.ts'
import { BACKENDS, tf, useBackend } from './load-tf.ts'

interface Case {
  loss: LossType
  fromLogits: boolean
  yTrue: number[][]
  output: number[][]
  value: number
}

const ONE_HOT = [
  [0, 1, 0],
  [1, 0, 0],
]
const LOGITS = [
  [0.3, -1.2, 2],
  [0, 0.5, -0.4],
]
const PROBABILITIES = [
  [0.5, 0.2, 0.5],
  [0.1, 0.6, 0.3],
]
const BITS = [
  [1, 0, 1],
  [0, 0, 1],
]
const entropyOf = (logits: number[], index: number): number =>
  Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - (logits[index] ?? 0)
const CROSSENTROPY = (entropyOf(LOGITS[0] ?? [], 1) + entropyOf(LOGITS[1] ?? [], 0)) / 2
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const pairs = (left: number[][], right: number[][], cost: (y: number, p: number) => number): number =>
  mean(left.flat().map((y, index) => cost(y, right.flat()[index] ?? 0)))

const CASES: Case[] = [
  {
    loss: 'meanSquaredError',
    fromLogits: false,
    yTrue: LOGITS,
    output: PROBABILITIES,
    value: pairs(LOGITS, PROBABILITIES, (y, p) => (y - p) ** 2),
  },
  {
    loss: 'meanAbsoluteError',
    fromLogits: false,
    yTrue: LOGITS,
    output: PROBABILITIES,
    value: pairs(LOGITS, PROBABILITIES, (y, p) => Math.abs(y - p)),
  },
  {
    loss: 'huber',
    fromLogits: false,
    yTrue: LOGITS,
    output: PROBABILITIES,
    value: pairs(LOGITS, PROBABILITIES, (y, p) => {
      const error = Math.abs(y - p)
      return error <= 1 ? error ** 2 / 2 : error - 0.5
    }),
  },
  {
    loss: 'binaryCrossentropy',
    fromLogits: true,
    yTrue: BITS,
    output: LOGITS,
    value: pairs(BITS, LOGITS, (y, z) => Math.log(1 + Math.exp(z)) - y * z),
  },
  {
    loss: 'binaryCrossentropy',
    fromLogits: false,
    yTrue: BITS,
    output: PROBABILITIES,
    value: pairs(BITS, PROBABILITIES, (y, p) => -Math.log(y === 1 ? p : 1 - p)),
  },
  { loss: 'categoricalCrossentropy', fromLogits: true, yTrue: ONE_HOT, output: LOGITS, value: CROSSENTROPY },
  {
    loss: 'categoricalCrossentropy',
    fromLogits: false,
    yTrue: ONE_HOT,
    output: PROBABILITIES,
    value: mean([-Math.log(0.2 / 1.2), -Math.log(0.1)]),
  },
  { loss: 'sparseCategoricalCrossentropy', fromLogits: true, yTrue: [[1], [0]], output: LOGITS, value: CROSSENTROPY },
  {
    loss: 'sparseCategoricalCrossentropy',
    fromLogits: false,
    yTrue: [[1], [0]],
    output: PROBABILITIES,
    value: mean([-Math.log(0.2 / 1.2), -Math.log(0.1)]),
  },
]

function lossAt({ loss, fromLogits, yTrue }: Case, output: number[][]): number {
  return tf.tidy(
    () => createLoss(tf, lossDefaults(loss), fromLogits)(tf.tensor2d(yTrue), tf.tensor2d(output)).dataSync()[0] ?? NaN,
  )
}

/** Central differences; float32 leaves about three digits. */
function numericGradient(testCase: Case): number[] {
  const step = 0.002
  return testCase.output.flatMap((row, at) =>
    row.map((_, column) => {
      const moved = (by: number): number[][] =>
        testCase.output.map((values, index) =>
          values.map((value, other) => (index === at && other === column ? value + by : value)),
        )
      return (lossAt(testCase, moved(step)) - lossAt(testCase, moved(-step))) / (2 * step)
    }),
  )
}

describe.each(BACKENDS)('createLoss on %s', (backend) => {
  it.each(CASES)('$loss, from logits $fromLogits: value and gradient', async (testCase) => {
    await useBackend(backend)
    expect(lossAt(testCase, testCase.output)).toBeCloseTo(testCase.value, 5)
    const loss = createLoss(tf, lossDefaults(testCase.loss), testCase.fromLogits)
    const gradient = tf.grad((output) => loss(tf.tensor2d(testCase.yTrue), output))(tf.tensor2d(testCase.output))
    const numeric = numericGradient(testCase)
    Array.from(gradient.dataSync()).forEach((value, index) => {
      expect(value).toBeCloseTo(numeric[index] ?? NaN, 2)
    })
  })

  it('stays finite for logits where exp overflows', async () => {
    await useBackend(backend)
    const far = tf.tensor2d([
      [200, -200],
      [-200, 200],
    ])
    const labels = tf.tensor2d([[1], [1]])
    expect(createLoss(tf, lossDefaults('sparseCategoricalCrossentropy'), true)(labels, far).dataSync()[0]).toBeCloseTo(
      200,
      3,
    )
    const wrong = tf.tensor2d([[0], [1]])
    const apart = tf.tensor2d([[200], [-200]])
    expect(createLoss(tf, lossDefaults('binaryCrossentropy'), true)(wrong, apart).dataSync()[0]).toBeCloseTo(200, 3)
  })

  it('has the exact gradient at a logit of 0', async () => {
    await useBackend(backend)
    const loss = createLoss(tf, lossDefaults('binaryCrossentropy'), true)
    const gradient = tf.grad((z) => loss(tf.tensor2d([[1], [0]]), z))(tf.zeros([2, 1]))
    expect(Array.from(gradient.dataSync())).toEqual([-0.25, 0.25])
  })
})
