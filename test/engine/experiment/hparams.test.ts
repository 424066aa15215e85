import { expect, it } from 'vitest'
import { experiment } from '../../../src/contract/experiment/experiment.ts'
import { hparamsOf } from '../../../src/main/engine/experiment/hparams.ts'

function hparams(optimizer: object) {
  return hparamsOf(
    experiment.parse({
      data: { source: 'csv', file: 'f.csv', target: 'y' },
      model: { layers: [{ type: 'dense', units: 3, activation: 'relu' }] },
      fit: { loss: 'meanSquaredError', optimizer },
    }),
  )
}

it('has the settings that are in use', () => {
  expect(hparams({ type: 'sgd', clipnorm: 1 })).toEqual({
    optimizer: 'sgd',
    learningRate: 0.01,
    momentum: 0,
    nesterov: false,
    clipnorm: 1,
    loss: 'meanSquaredError',
    batchSize: 32,
    epochs: 1,
    seed: 0,
    layers: 'dense 3 relu',
  })
  expect(hparams({ type: 'lion', useEma: true })).toMatchObject({ useEma: true, emaMomentum: 0.99, beta2: 0.99 })
})

it('has a schedule by its type, beside its numbers', () => {
  const schedule = { type: 'piecewiseConstantDecay', boundaries: [5, 9], values: [0.1, 0.01, 0.001] }
  const settings = hparams({ type: 'sgd', learningRate: schedule })
  expect(settings).toMatchObject({
    learningRateSchedule: 'piecewiseConstantDecay',
    boundaries: '5, 9',
    values: '0.1, 0.01, 0.001',
  })
  expect(settings).not.toHaveProperty('learningRate')
})
