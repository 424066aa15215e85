/** Rates of the first batches; the numbers are those of Keras 3.15. */
import { expect, it } from 'vitest'
import { learningRate } from '../../../../src/contract/experiment/learning-rate.ts'
import { scheduleOf } from '../../../../src/main/engine/models/optimizers/learning-rate.ts'

const initialLearningRate = 1

it.each([
  [
    { type: 'exponentialDecay', initialLearningRate, decaySteps: 2, decayRate: 0.5, staircase: true },
    [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625],
  ],
  [
    { type: 'exponentialDecay', initialLearningRate, decaySteps: 2, decayRate: 0.25 },
    [1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.01562, 0.00781, 0.00391],
  ],
  [
    { type: 'inverseTimeDecay', initialLearningRate, decaySteps: 2, decayRate: 1 },
    [1, 0.66667, 0.5, 0.4, 0.33333, 0.28571, 0.25, 0.22222, 0.2],
  ],
  [
    { type: 'piecewiseConstantDecay', boundaries: [2, 4], values: [1, 0.5, 0.1] },
    [1, 1, 1, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1],
  ],
  [
    { type: 'polynomialDecay', initialLearningRate, decaySteps: 4, endLearningRate: 0.2, power: 2 },
    [1, 0.65, 0.4, 0.25, 0.2, 0.2, 0.2, 0.2, 0.2],
  ],
  [
    { type: 'polynomialDecay', initialLearningRate, decaySteps: 4, endLearningRate: 0, cycle: true },
    [1, 0.75, 0.5, 0.25, 0, 0.375, 0.25, 0.125, 0],
  ],
  [
    { type: 'cosineDecay', initialLearningRate, decaySteps: 4, alpha: 0.1 },
    [1, 0.8682, 0.55, 0.2318, 0.1, 0.1, 0.1, 0.1, 0.1],
  ],
  [
    { type: 'cosineDecay', initialLearningRate: 0, decaySteps: 4, warmupTarget: 1, warmupSteps: 2 },
    [0, 0.5, 1, 0.85355, 0.5, 0.14645, 0, 0, 0],
  ],
  [
    { type: 'cosineDecayRestarts', initialLearningRate, firstDecaySteps: 2, mMul: 0.5 },
    [1, 0.5, 0.5, 0.42678, 0.25, 0.07322, 0.25, 0.24048, 0.21339],
  ],
  [
    { type: 'cosineDecayRestarts', initialLearningRate, firstDecaySteps: 3, tMul: 1, mMul: 0.5, alpha: 0.1 },
    [1, 0.775, 0.325, 0.55, 0.4375, 0.2125, 0.325, 0.26875, 0.15625],
  ],
])('%j', (spec, expected) => {
  const rate = scheduleOf(learningRate.parse(spec))
  const apart = expected.map((wanted, iteration) => Math.abs((rate?.(iteration) ?? NaN) - wanted))
  expect(Math.max(...apart)).toBeLessThan(6e-6)
})

it('a number is no schedule', () => {
  expect(scheduleOf(learningRate.parse(0.1))).toBeNull()
})
