import { expect, test } from 'vitest'
import { createLastGoodWeights } from '../../../src/main/engine/training/last-good-weights.ts'

const snapshot = (step: number) => ({ step, values: [] })

test('a snapshot counts only once the next loss was finite', () => {
  let now = 0
  const weights = createLastGoodWeights(snapshot(0), () => now)
  const seen: number[] = []
  for (let step = 1; step <= 201; step++) {
    now += 10
    weights.afterStep(step, () => snapshot(step))
    if ([99, 100, 101, 200, 201].includes(step)) seen.push(weights.good.step)
  }
  expect(seen).toEqual([0, 0, 100, 100, 200])
})

test('quick steps are not slowed down by snapshots: a quarter of a second lies between two', () => {
  let now = 0
  const weights = createLastGoodWeights(snapshot(0), () => now)
  const taken: number[] = []
  for (let step = 100; step <= 2000; step += 100) {
    now += 50
    weights.afterStep(step, () => {
      taken.push(step)
      return snapshot(step)
    })
  }
  expect(taken).toEqual([500, 1000, 1500, 2000])
})
