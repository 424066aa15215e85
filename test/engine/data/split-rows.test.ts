import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { split as splitSchema } from '../../../src/contract/experiment/data.ts'
import { partSizes, splitRows } from '../../../src/main/engine/data/split-rows.ts'
import type { Parts } from '../../../src/main/engine/data/split-rows.ts'

function lists({ train, validation, test }: Parts): number[][] {
  return [train, validation, test].map((rows) => Array.from(rows ?? []))
}

function countsByClass(rows: readonly number[], classOf: Float32Array): number[] {
  const counts = [0, 0, 0]
  for (const row of rows) counts[classOf[row] ?? 0] = (counts[classOf[row] ?? 0] ?? 0) + 1
  return counts
}

describe('partSizes', () => {
  it.each([
    // Keras: training gets the first floor(rows × (1 − fraction)).
    [{ validation: 0.1 }, 60_000, { train: 54_000, validation: 6000, test: 0 }],
    [{ validation: 0.3 }, 10, { train: 7, validation: 3, test: 0 }],
    [{ validation: 0.25 }, 10, { train: 7, validation: 3, test: 0 }],
    [{ validation: 0.2, test: 0.2 }, 150, { train: 90, validation: 30, test: 30 }],
    [{ validation: 5000 }, 60_000, { train: 55_000, validation: 5000, test: 0 }],
    [{ validation: 1, test: 0.5 }, 4, { train: 1, validation: 1, test: 2 }],
    [{}, 4, { train: 4, validation: 0, test: 0 }],
    [{ validation: 90, test: 20 }, 100, { train: -10, validation: 90, test: 20 }],
  ])('%j of %i rows', (given, rows, sizes) => {
    expect(partSizes(splitSchema.parse(given), rows)).toEqual(sizes)
  })
})

describe('splitRows', () => {
  it('keeps the order of the file, validation before test at its end', () => {
    expect(lists(splitRows(splitSchema.parse({ validation: 2, test: 1 }), 6, null))).toEqual([[0, 1, 2], [3, 4], [5]])
  })

  it('gives all rows without copying them when there is nothing to split', () => {
    expect(splitRows(splitSchema.parse({}), 6, null).train).toBe(null)
  })

  it('shuffles by the seed', () => {
    const shuffled = (seed: number): number[][] =>
      lists(splitRows(splitSchema.parse({ validation: 0.3, shuffle: true, seed }), 20, null))
    expect(shuffled(1)).toEqual(shuffled(1))
    expect(shuffled(1)).not.toEqual(shuffled(2))
    expect(shuffled(1)[0]).not.toEqual(Array.from({ length: 14 }, (_, row) => row))
  })

  it('stratifies by the largest remainder', () => {
    // 50, 30 and 20 rows; 15 for validation are 7.5, 4.5 and 3.
    const classOf = Float32Array.from({ length: 100 }, (_, row) => (row < 50 ? 0 : row < 80 ? 1 : 2))
    const spec = splitSchema.parse({ validation: 0.15, test: 0.2, stratify: true, seed: 3 })
    const [train = [], validation = [], test = []] = lists(splitRows(spec, 100, classOf))
    expect(countsByClass(test, classOf)).toEqual([10, 6, 4])
    const [zeros = 0, ones = 0, twos = 0] = countsByClass(validation, classOf)
    expect([zeros + ones, twos, zeros >= 7 && ones >= 4]).toEqual([12, 3, true])
    expect(countsByClass(train, classOf)).toEqual([40 - zeros, 24 - ones, 16 - twos])
  })

  it('puts every row into exactly one part, whatever the settings, the same at each call', () => {
    const settings = fc.record({
      validation: fc.oneof(fc.double({ min: 0, max: 0.49, noNaN: true }), fc.nat(10)),
      test: fc.oneof(fc.double({ min: 0, max: 0.49, noNaN: true }), fc.nat(10)),
      shuffle: fc.boolean(),
      stratify: fc.boolean(),
      seed: fc.nat(),
    })
    fc.assert(
      fc.property(settings, fc.integer({ min: 25, max: 120 }), fc.nat(2), (given, rows, modulus) => {
        const spec = splitSchema.parse(given)
        const sizes = partSizes(spec, rows)
        fc.pre(sizes.train > 0)
        const classOf = Float32Array.from({ length: rows }, (_, row) => (row * row) % (modulus + 1))
        const parts = splitRows(spec, rows, classOf)
        const [train = [], validation = [], test = []] = lists({
          ...parts,
          train: parts.train ?? Int32Array.from({ length: rows }, (_, row) => row),
        })
        expect([train.length, validation.length, test.length]).toEqual([sizes.train, sizes.validation, sizes.test])
        expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual(
          Array.from({ length: rows }, (_, r) => r),
        )
        expect(splitRows(spec, rows, classOf)).toEqual(parts)
      }),
    )
  })
})
