import { describe, expect, it } from 'vitest'
import { epochOrder, gatherBatch } from '../../../src/main/engine/data/batches.ts'
import type { Affine, FeatureArray, Split } from '../../../src/main/engine/data/dataset.ts'

function split(features: FeatureArray, part: Partial<Split> = {}): Split {
  return {
    rows: 3,
    featureWidth: 2,
    labelWidth: 1,
    table: { rows: 3, featureWidth: 2, features, labels: Float32Array.from([2, 0, 1]) },
    rowNumbers: null,
    affine: null,
    ofByte: null,
    oneHot: false,
    ...part,
  }
}

function gather(part: Split, rows: number[]): { features: number[]; labels: number[] } {
  const features = new Float32Array(rows.length * part.featureWidth).fill(NaN)
  const labels = new Float32Array(rows.length * part.labelWidth).fill(NaN)
  gatherBatch(part, Int32Array.from(rows), features, labels)
  return { features: Array.from(features), labels: Array.from(labels) }
}

const BYTES = Uint8Array.from([0, 51, 102, 153, 204, 255])
const FLOATS = Float32Array.from(BYTES)
const each = (multiply: number[], add: number[]): Affine => ({
  multiply: Float64Array.from(multiply),
  add: Float64Array.from(add),
})

describe('gatherBatch', () => {
  it.each([
    ['as they are', split(FLOATS), [204, 255, 0, 51]],
    ['bytes', split(BYTES), [204, 255, 0, 51]],
    ['all features alike', split(FLOATS, { affine: each([2], [1]) }), [409, 511, 1, 103]],
    ['each feature apart', split(FLOATS, { affine: each([2, 1], [1, 0]) }), [409, 255, 1, 51]],
    ['bytes looked up', split(BYTES, { ofByte: Float32Array.from({ length: 256 }, (_, b) => b / 51) }), [4, 5, 0, 1]],
    ['rows of a part', split(BYTES, { rowNumbers: Int32Array.from([2, 1, 0]) }), [0, 51, 204, 255]],
  ])('gathers %s', (_, part, features) => {
    const labels = part.rowNumbers === null ? [1, 2] : [2, 1]
    expect(gather(part, [2, 0])).toEqual({ features, labels })
  })

  it('makes one-hot labels, over what was in the array', () => {
    expect(gather(split(FLOATS, { oneHot: true, labelWidth: 3 }), [0, 1]).labels).toEqual([0, 0, 1, 1, 0, 0])
  })

  it('gathers several labels', () => {
    const part = split(FLOATS, { labelWidth: 2 })
    const table = { ...part.table, labels: Float32Array.from([1, 2, 3, 4, 5, 6]) }
    expect(gather({ ...part, table }, [2, 0]).labels).toEqual([5, 6, 1, 2])
  })
})

describe('epochOrder', () => {
  it('is the order of the rows unless shuffled', () => {
    expect(epochOrder(4, 1, 0, false)).toEqual(Int32Array.from([0, 1, 2, 3]))
  })

  it('differs from epoch to epoch and seed to seed, and is the same each time', () => {
    const orders = [epochOrder(50, 1, 0, true), epochOrder(50, 1, 1, true), epochOrder(50, 2, 0, true)]
    expect(new Set(orders.map(String)).size).toBe(3)
    expect(epochOrder(50, 1, 1, true)).toEqual(orders[1])
    expect(orders.map((order) => order.toSorted())).toEqual(orders.map(() => epochOrder(50, 1, 0, false)))
  })
})
