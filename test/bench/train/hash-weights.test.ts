/** The first weights by hash are those of the goldens. */
import { expect, it } from 'vitest'
import { drawByHash, hashUniform } from './hash-weights.ts'

it('gives the numbers that the goldens document', () => {
  expect([0, 1, 2, 3, 4].map((index) => hashUniform(12345, index))).toEqual([
    0.23545514699071646, 0.30327289761044085, 0.9583453538361937, 0.8283588532358408, 0.9655747923534364,
  ])
})

it('draws kernels apart from each other, within Glorot’s limit, and leaves biases at 0', () => {
  const [first, bias, second] = drawByHash([[4, 2], [2], [4, 2]], 1)
  expect([...(bias?.values ?? [])]).toEqual([0, 0])
  expect(first?.values).not.toEqual(second?.values)
  expect(Math.max(...(first?.values ?? [NaN]).map(Math.abs))).toBeLessThanOrEqual(1)
})
