import { describe, expect, it } from 'vitest'
import type { PreprocessStep } from '../../../src/contract/experiment/data.ts'
import { composeAffine } from '../../../src/main/engine/data/affine.ts'
import type { Table } from '../../../src/main/engine/data/dataset.ts'

/** Columns 1 2 3 100, 4 4 4 4 and 0 10 20 0. */
const TABLE: Table = {
  rows: 4,
  featureWidth: 3,
  features: Float32Array.from([1, 4, 0, 2, 4, 10, 3, 4, 20, 100, 4, 0]),
  labels: new Float32Array(4),
}
/** Without the last row. */
const TRAIN = Int32Array.from([0, 1, 2])

/** Rows as the model sees them. */
function prepared(steps: readonly PreprocessStep[], madeBy: readonly number[] = []): number[][] {
  const affine = composeAffine(steps, { table: TABLE, rows: TRAIN, madeBy })
  const at = (values: Float64Array | undefined, column: number): number =>
    (values?.length === 1 ? values[0] : values?.[column]) ?? NaN
  return Array.from({ length: TABLE.rows }, (_, row) =>
    Array.from({ length: 3 }, (_, column) => {
      const x = TABLE.features[3 * row + column] ?? NaN
      return affine === null ? x : x * at(affine.multiply, column) + at(affine.add, column)
    }),
  )
}

const DEVIATION = Math.sqrt(2 / 3)

describe('composeAffine', () => {
  it('is null when nothing scales', () => {
    expect(composeAffine([{ type: 'oneHot' }], { table: TABLE, rows: null, madeBy: [] })).toBe(null)
  })

  it('is one number for all features when they are treated alike', () => {
    expect(composeAffine([{ type: 'scale', divideBy: 4 }], { table: TABLE, rows: null, madeBy: [] })).toEqual({
      multiply: Float64Array.from([0.25]),
      add: Float64Array.from([0]),
    })
  })

  it('standardizes by the training rows alone, as Normalization does', () => {
    const rows = prepared([{ type: 'standardize' }])
    expect(rows[0]?.[0]).toBeCloseTo(-1 / DEVIATION, 12)
    expect(rows[3]?.[0]).toBeCloseTo(98 / DEVIATION, 12)
    // A constant column is divided by 1e-7 and stays 0.
    expect(rows.map((row) => row[1])).toEqual([0, 0, 0, 0])
  })

  it('maps the range of the training rows', () => {
    expect(prepared([{ type: 'minMax', to: [-1, 1] }]).map((row) => row.map((x) => Math.round(x * 1e9) / 1e9))).toEqual(
      [
        [-1, -1, -1],
        [0, -1, 0],
        [1, -1, 1],
        [98, -1, -1],
      ],
    )
  })

  it('composes steps in their order', () => {
    const steps: PreprocessStep[] = [
      { type: 'minMax', to: [10, 0] },
      { type: 'scale', divideBy: -5 },
      { type: 'minMax', to: [0, 1] },
      { type: 'standardize' },
    ]
    const column = prepared(steps).map((row) => row[0] ?? NaN)
    ;[-1 / DEVIATION, 0, 1 / DEVIATION, 98 / DEVIATION].forEach((expected, row) => {
      expect(column[row]).toBeCloseTo(expected, 10)
    })
  })

  it('leaves columns alone that a later one-hot step makes', () => {
    const rows = prepared(
      [
        { type: 'scale', divideBy: 2 },
        { type: 'oneHot', columns: ['c'] },
        { type: 'scale', divideBy: 5 },
      ],
      [-1, -1, 1],
    )
    expect(rows[1]).toEqual([0.2, 0.4, 2])
  })
})
