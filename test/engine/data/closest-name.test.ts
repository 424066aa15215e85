import { expect, it } from 'vitest'
import { closestName, editDistance } from '../../../src/main/engine/data/closest-name.ts'

const KNOWN = ['batchSize', 'epochs', 'learningRate', 'seed']

it.each([
  ['batchsize', 'batchSize'],
  ['batch_size', 'batchSize'],
  ['epoch', 'epochs'],
  ['ephocs', 'epochs'],
  ['learninRate', 'learningRate'],
  ['momentum', null],
  ['sed', 'seed'],
  ['x', null],
])('%s was meant to be %s', (given, meant) => {
  expect(closestName(given, KNOWN)).toBe(meant)
})

it.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'acb', 1],
  ['abc', 'ab', 1],
  ['kitten', 'sitting', 3],
])('%s is as far from %s as %i edits', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance)
  expect(editDistance(to, from)).toBe(distance)
})
