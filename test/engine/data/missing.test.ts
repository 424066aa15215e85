/** Cells that hold nothing: an error, the row left out, or filled from the training rows, wherever the rows lie. */
import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest'
import type { MissingSpec } from '../../../src/contract/experiment/data.ts'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import type { Dataset, Split } from '../../../src/main/engine/data/dataset.ts'
import { isOnDisk } from '../../../src/main/engine/data/dataset.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { experimentOf, failureOf, filesIn, tempDir } from './data-files.ts'

beforeEach(() => void vi.stubEnv('MINIMA_CACHE', tempDir()))
afterEach(() => vi.unstubAllEnvs())

/** Of the first six rows, which are for training: 1 2 _ 4 4 100, and red _ red blue _ red. */
const TABLE = `n,kind,y
1,red,1
2,NA,2
,red,3
4,blue,4
4,,5
100,red,6
?,null,7
8,green,8
`

type Parts = Partial<Parameters<typeof experimentOf>[0]>

function spec(missing: MissingSpec | undefined, parts: Parts = {}, memory?: string) {
  return experimentOf({
    data: { source: 'csv', file: 'f', target: 'y', ...(missing && { missing }), ...(memory && { memory }) },
    preprocess: [{ type: 'oneHot', columns: ['kind'] }],
    split: { validation: 2 },
    fit: { loss: 'meanSquaredError' },
    ...parts,
  })
}

function featuresOf(part: Split | null): number[][] {
  if (part === null) return []
  const features = new Float32Array(part.rows * part.featureWidth)
  gatherBatch(part, rowRange(part.rows), features, new Float32Array(part.rows * part.labelWidth))
  return Array.from({ length: part.rows }, (_, row) => [
    ...features.subarray(row * part.featureWidth, (row + 1) * part.featureWidth),
  ])
}

async function load(missing: MissingSpec | undefined, parts: Parts = {}, table = TABLE): Promise<Dataset> {
  const dir = filesIn({ f: table })
  const dataset = await loadDataset(spec(missing, parts), dir)
  expect(await inspectData(spec(missing, parts), dir)).toEqual(dataset.shape)
  return dataset
}

describe('what is missing', () => {
  it.each<[MissingSpec, number, string]>([
    ['mean', 22.2, 'red'],
    ['median', 4, 'red'],
    ['mode', 4, 'red'],
    [{ rule: 'error', columns: { n: { value: -1 }, kind: 'mode' }, flag: false }, -1, 'red'],
    [{ rule: 'mean', columns: { kind: { value: 'blue' } }, flag: false }, 22.2, 'blue'],
  ])('is filled by %j, of the training rows only', async (missing, n, kind) => {
    const { train, validation, shape } = await load(missing)
    expect(shape.featureNames).toEqual(['n', 'kind=blue', 'kind=green', 'kind=red'])
    const hot = kind === 'red' ? [0, 0, 1] : [1, 0, 0]
    expect(featuresOf(train)).toEqual([
      [1, 0, 0, 1],
      [2, ...hot],
      [Math.fround(n), 0, 0, 1],
      [4, 1, 0, 0],
      [4, ...hot],
      [100, 0, 0, 1],
    ])
    expect(featuresOf(validation)).toEqual([
      [Math.fround(n), ...hot],
      [8, 0, 1, 0],
    ])
  })

  it('can be flagged, by columns that no step scales', async () => {
    const missing: MissingSpec = { rule: 'median', flag: true }
    const preprocess: Parts['preprocess'] = [
      { type: 'scale', divideBy: 2 },
      { type: 'oneHot', columns: ['kind'] },
    ]
    const { train, shape, notices } = await load(missing, { preprocess })
    expect(shape.featureNames?.slice(-2)).toEqual(['missing(n)', 'missing(kind)'])
    expect(featuresOf(train).map((row) => [row[0], ...row.slice(-2)])).toEqual([
      [0.5, 0, 0],
      [1, 0, 1],
      [2, 1, 0],
      [2, 0, 0],
      [2, 0, 1],
      [50, 0, 0],
    ])
    expect(notices?.map((notice) => notice.replace(/: \/.*/, ''))).toEqual([
      'Column kind has 3 categories: blue, green, red',
      'Cells that hold nothing: n 2, kind 3',
      'In the place of what is missing: n 4 (median), kind red (median)',
    ])
  })

  it('makes a category of its own of a value that no row has', async () => {
    const { train, shape } = await load({ rule: 'mean', columns: { kind: { value: 'unknown' } }, flag: false })
    expect(shape.featureNames).toEqual(['n', 'kind=blue', 'kind=green', 'kind=red', 'kind=unknown'])
    expect(featuresOf(train)[1]).toEqual([2, 0, 0, 0, 1])
  })

  it('leaves rows out, also for want of a label', async () => {
    const { shape, notices, train } = await load('drop', { split: {} }, `${TABLE}9,red,\n`)
    expect([shape.rows, featuresOf(train).map(([n]) => n)]).toEqual([4, [1, 4, 100, 8]])
    expect(notices?.[1]).toMatch(/^Rows left out, as something is missing in them: 5/)
  })

  it('is what the file says that it is', async () => {
    const table = 'n,kind,y\n-999,a,1\n2,NA,2\n4,a,3\n'
    const { train } = await load({ rule: 'mean', texts: ['-999'], flag: false }, { split: {} }, table)
    // Here NA is a category.
    expect(featuresOf(train)).toEqual([
      [3, 0, 1],
      [2, 1, 0],
      [4, 0, 1],
    ])
  })

  it.each<[MissingSpec | undefined, string, string, string]>([
    [
      undefined,
      TABLE,
      'line 4, column "n": the cell is empty; fill it in, leave the row out, or say data.missing: drop, mean, median or mode: f',
      'data.file',
    ],
    [
      { rule: 'mean', columns: { kind: 'error' }, flag: false },
      TABLE,
      'line 3, column "kind": "NA" is nothing; fill it in, leave the row out, or say data.missing: drop, mean, median or mode: f',
      'data.file',
    ],
    [
      'mean',
      `${TABLE}9,red,\n`,
      'line 10, column "y": the cell is empty; fill it in, leave the row out, or say data.missing: {columns: {y: drop}}: f',
      'data.file',
    ],
    [
      { rule: 'mean', columns: { m: 'drop' }, flag: false },
      TABLE,
      'there is no column "m"; the columns are n, kind, y: f',
      'data.missing',
    ],
    ['drop', 'n,kind,y\n,,1\n', 'all 1 rows lack something: f', 'data.missing'],
  ])('is an error otherwise: %j', async (missing, table, message, setting) => {
    const dir = filesIn({ f: table })
    expect(await failureOf(loadDataset(spec(missing), dir), dir)).toEqual({ message, setting })
  })

  it.each<[MissingSpec, string]>([
    ['mean', 'no training row has a value there'],
    [
      { rule: 'error', columns: { n: { value: 'x' }, kind: 'mode' }, flag: false },
      'its values are numbers, and "x" is none',
    ],
  ])('says when there is nothing to fill it with: %j', async (missing, why) => {
    const dir = filesIn({ f: 'n,kind,y\n,a,1\n,a,2\n3,a,4\n4,a,4\n' })
    expect(await failureOf(loadDataset(spec(missing), dir), dir)).toEqual({
      message: `what is missing in column "n" cannot be filled: ${why}`,
      setting: 'data.missing',
    })
  })

  it('has the same medians as numbers that are sorted', async () => {
    const numbers = Array.from({ length: 501 }, (_, row) => Math.fround(Math.sin(row * 7) * 10 ** ((row % 9) - 4)))
    for (const count of [500, 501]) {
      const some = numbers.slice(0, count)
      const table = `n,kind,y\n${some.map((n) => `${n},a,1\n`).join('')},a,1\n`
      const { train } = await load('median', { split: {} }, table)
      const sorted = some.toSorted((a, b) => a - b)
      const [low = NaN, high = NaN] = [sorted[(count - 1) >> 1], sorted[count >> 1]]
      expect(featuresOf(train).at(-1)?.[0]).toBe(Math.fround((low + high) / 2))
    }
  })

  it('is filled alike where rows are on the disk', async () => {
    const kinds = ['red', 'green', '', 'blue', 'NA']
    const lines = Array.from(
      { length: 30_000 },
      (_, row) => `${row % 11 === 0 ? '' : Math.sin(row).toFixed(5)},${kinds[row % 5]},${row}`,
    )
    const dir = filesIn({ f: `n,kind,y\n${lines.join('\n')}\n` })
    for (const rule of ['mean', 'median', 'drop'] as const) {
      const parts: Parts = {
        split: { validation: 0.2 },
        preprocess: [{ type: 'oneHot', columns: ['kind'] }, { type: 'standardize' }],
      }
      const whole = await loadDataset(spec({ rule, flag: true }, parts), dir)
      const streamed = await loadDataset(spec({ rule, flag: true }, parts, '100KB'), dir)
      expect([isOnDisk(whole.train.table), isOnDisk(streamed.train.table)]).toEqual([false, true])
      expect(streamed.shape).toEqual(whole.shape)
      expect(featuresOf(streamed.train)).toEqual(featuresOf(whole.train))
      expect(featuresOf(streamed.validation)).toEqual(featuresOf(whole.validation))
    }
  })
})
