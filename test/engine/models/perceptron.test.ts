/** The perceptron rule of the experiment file, held against the rule itself. */
import { expect, it } from 'vitest'
import { experiment as experimentSchema } from '../../../src/contract/experiment/experiment.ts'
import { loadBackend } from '../../../src/main/engine/training/backends/ladder.ts'
import { prepareTraining } from '../../../src/main/engine/training/prepare-training.ts'

const ROWS = [
  [0, 0, 0],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 1],
]

it('takes Rosenblatt’s steps, row by row, and ends with what it can tell', async () => {
  const experiment = experimentSchema.parse({
    data: { source: 'inline', columns: ['a', 'b', 'or'], target: 'or', rows: ROWS },
    model: { layers: [{ type: 'dense', units: 1, activation: 'heaviside', kernelInitializer: 'zeros' }] },
    fit: { loss: 'perceptron', optimizer: { type: 'sgd', learningRate: 1 }, batchSize: 1, metrics: ['binaryAccuracy'] },
  })
  const { runtime } = await loadBackend('wasm')
  const { steps, parts } = await prepareTraining({ type: 'start', experiment, baseDir: '.', weightsDir: '.' }, runtime)
  const weights = [0, 0, 0]
  for (let turn = 0; turn < 20; turn++) {
    const [a = 0, b = 0, label = 0] = ROWS[turn % 4] ?? []
    const x = [a, b, 1]
    const z = x.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0)
    const error = label - (z >= 0 ? 1 : 0)
    x.forEach((value, index) => (weights[index] = (weights[index] ?? 0) + error * value))
    const { sums } = steps.train(Int32Array.of(turn % 4), false)
    expect(sums[0]?.[0]).toBe(error === 0 ? 1 : 0)
    expect(parts.model.getWeights().flatMap((weight) => [...weight.dataSync()])).toEqual(weights)
  }
  expect(ROWS.map((_, row) => steps.train(Int32Array.of(row), false).sums[0]?.[0])).toEqual([1, 1, 1, 1])
})
