import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom, deriveSeed, rowRange, shuffleInPlace, STREAM } from '../../../src/main/engine/data/random.ts'

describe('createRandom', () => {
  it('gives the same numbers for a seed for ever', () => {
    const random = createRandom(42)
    expect(Array.from({ length: 4 }, () => random.nextUint32())).toMatchInlineSnapshot(`
      [
        660444221,
        3652823732,
        77678286,
        922035873,
      ]
    `)
    expect([random.nextFloat(), random.nextNormal(), random.nextBelow(10)]).toMatchInlineSnapshot(`
      [
        0.913322514664976,
        -0.4603653277101887,
        7,
      ]
    `)
  })

  it('spreads evenly below a bound', () => {
    const random = createRandom(1)
    const counts = new Array<number>(6).fill(0)
    for (let draw = 0; draw < 60_000; draw++) {
      const face = random.nextBelow(6)
      counts[face] = (counts[face] ?? 0) + 1
    }
    // Chi-squared with 5 degrees of freedom is below 20.5 in 99.9 % of draws.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(20.5)
  })

  it('draws standard normals', () => {
    const random = createRandom(2)
    const drawn = Array.from({ length: 50_000 }, () => random.nextNormal())
    const moment = (power: number): number => drawn.reduce((sum, x) => sum + x ** power, 0) / drawn.length
    expect(moment(1)).toBeCloseTo(0, 1)
    expect(moment(2)).toBeCloseTo(1, 1)
    expect(moment(4)).toBeGreaterThan(2.85)
    expect(moment(4)).toBeLessThan(3.15)
  })
})

describe('deriveSeed', () => {
  it('differs for every use', () => {
    const seeds = [0, 1, 2, 2 ** 32, 2 ** 40 + 1].flatMap((seed) =>
      Object.values(STREAM).flatMap((stream) => [0, 1, 2].map((part) => deriveSeed(seed, stream, part))),
    )
    expect(new Set(seeds).size).toBe(seeds.length)
  })
})

describe('shuffleInPlace', () => {
  it('keeps every number once', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(), (count, seed) => {
        const numbers = rowRange(count)
        shuffleInPlace(numbers, createRandom(seed))
        expect(numbers.toSorted()).toEqual(rowRange(count))
      }),
    )
  })

  it('makes each of the six orders of three equally likely', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 6000; seed++) {
      const numbers = rowRange(3)
      shuffleInPlace(numbers, createRandom(seed))
      counts.set(numbers.join(), (counts.get(numbers.join()) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    expect([...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(20.5)
  })
})
