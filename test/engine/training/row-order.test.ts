import { expect, test } from 'vitest'
import { createRowOrder } from '../../../src/main/engine/training/row-order.ts'

const SPEC = { rows: 7, batchSize: 3, seed: 4, shuffle: true }

test('each pass visits every row once, in an order of its own, and ends with the shorter batch', () => {
  const order = createRowOrder(SPEC)
  const passes = [0, 3, 6].map((first) => [0, 1, 2].map((batch) => [...order.take(first + batch, 1)]))
  expect(passes.map((pass) => pass.map((batch) => batch.length))).toEqual(Array.from({ length: 3 }, () => [3, 3, 1]))
  for (const pass of passes) expect(pass.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(new Set(passes.map((pass) => pass.flat().join())).size).toBe(3)
})

test('many batches at once are those that come one by one, and never of two passes', () => {
  const order = createRowOrder(SPEC)
  const single = [3, 4].flatMap((batch) => [...order.take(batch, 1)])
  expect([...order.take(3, 2)]).toEqual(single)
  expect(order.take(4, 9)).toHaveLength(4)
})

test('what is asked out of turn is the same', () => {
  const one = [...createRowOrder(SPEC).take(5, 1)]
  const order = createRowOrder(SPEC)
  order.take(0, 2)
  order.take(9, 1)
  expect([...order.take(5, 1)]).toEqual(one)
})
