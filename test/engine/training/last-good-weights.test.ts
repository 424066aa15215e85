import { expect, test } from 'vitest'
import { createLastGoodWeights } from '../../../src/main/engine/training/last-good-weights.ts'

const snapshot = (step: number) => ({ step, values: [] })

test('a snapshot counts only once the next loss was finite', () => {
  const weights = createLastGoodWeights(snapshot(0))
  const seen: number[] = []
  for (let step = 1; step <= 201; step++) {
    weights.afterStep(step, () => snapshot(step))
    if ([99, 100, 101, 200, 201].includes(step)) seen.push(weights.good.step)
  }
  expect(seen).toEqual([0, 0, 100, 100, 200])
})
