import { expect, test } from 'vitest'
import { createStepClock } from '../../../src/main/engine/training/step-clock.ts'

test('speed is the mean of the last second, the estimate counts steps and evaluations to come', () => {
  let at = 0
  const clock = createStepClock({ epochs: 2, stepsPerEpoch: 200 }, () => at)
  const step = (ms: number): void => {
    at += ms
    clock.stepped(ms, 32)
  }
  step(500) // warms up
  expect(clock.estimate(1)).toEqual({ msPerStep: null, etaSecs: null })
  for (let i = 1; i < 200; i++) step(10)
  expect(clock.speedIfDue()).toEqual({ msPerStep: (500 + 199 * 10) / 200, samplesPerSecond: (200 * 32 * 1000) / at })
  expect(clock.speedIfDue()).toBeNull()
  at += 300
  clock.evaluated(300)
  expect(clock.estimate(200).etaSecs).toBeCloseTo((200 * 10 + 300) / 1000, 6)
})
