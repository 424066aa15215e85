import { expect, it } from 'vitest'
import { classWeights, rowWeights } from '../../../src/main/engine/data/class-weights.ts'

const ANIMALS = { kind: 'classes', classes: ['cat', 'dog', 'owl'], count: 3, oneHot: false } as const

it('classes are named or numbered, and count 1 when nothing is said of them', () => {
  expect([...classWeights({ owl: 2, 0: 0.5 }, ANIMALS)]).toEqual([0.5, 1, 2])
  expect([...classWeights({}, ANIMALS)]).toEqual([1, 1, 1])
})

it('a class whose name is a number is meant by its name', () => {
  const digits = { ...ANIMALS, classes: ['3', '7', '0'] }
  expect([...classWeights({ 0: 5 }, digits)]).toEqual([1, 1, 5])
})

it('rows weigh what their class does, one-hot or not', () => {
  const weights = Float32Array.of(0.5, 1, 2)
  expect([...rowWeights(Float32Array.of(2, 0, 1, 2), 4, weights)]).toEqual([2, 0.5, 1, 2])
  expect([...rowWeights(Float32Array.of(0, 0, 1, 1, 0, 0), 2, weights)]).toEqual([2, 0.5])
})
