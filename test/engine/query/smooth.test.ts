/** The moving average: debiased, blind to what is not finite, the same however the values are cut. */
import { expect, test } from 'vitest'
import { Smoother } from '../../../src/main/engine/query/smooth.ts'

function averages(weight: number, values: readonly number[]): number[] {
  const smoother = new Smoother(weight)
  const column = Float64Array.from(values)
  return values.map((_, index) => {
    smoother.feed(column, index, index + 1)
    return smoother.average
  })
}

test('it starts at the first value and follows the later ones', () => {
  // By hand: s = 2, 2 + 4 * 2 = ... with w = 1/2 the weights of the last three values are 4, 2 and 1 of 7.
  expect(averages(0.5, [4, 8, 2])).toEqual(
    [4, (4 + 2 * 8) / 3, (4 + 2 * 8 + 4 * 2) / 7].map((value) => expect.closeTo(value, 12)),
  )
})

test('NaN and infinities leave it as it is', () => {
  expect(averages(0.5, [NaN, 4, Infinity, 8, -Infinity, NaN])).toEqual([NaN, 4, 4, 20 / 3, 20 / 3, 20 / 3])
})

test('a constant stays that constant, for as long as one likes', () => {
  const values = new Float64Array(200_000).fill(0.25)
  const smoother = new Smoother(0.999)
  smoother.feed(values, 0, 3)
  const early = smoother.average
  smoother.feed(values, 3, values.length)
  expect([early, smoother.average]).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.25, 12)])
})

test('pieces give the same as the whole', () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => Math.sin(index))
  const whole = new Smoother(0.9)
  whole.feed(values, 0, 100)
  const pieces = new Smoother(0.9)
  for (const [from, to] of [
    [0, 0],
    [0, 37],
    [37, 38],
    [38, 100],
  ] as const)
    pieces.feed(values, from, to)
  expect(pieces.average).toBe(whole.average)
})
