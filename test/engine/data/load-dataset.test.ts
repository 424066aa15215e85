import { describe, expect, it } from 'vitest'
import type { ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import type { Dataset, Split } from '../../../src/main/engine/data/dataset.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { experimentOf, failureOf, filesIn, idx, tempDir } from './data-files.ts'

type Parts = Parameters<typeof experimentOf>[0]

/** What a model would be fed, row by row. */
function rowsOf(part: Split | null): { features: number[]; labels: number[] }[] {
  if (part === null) return []
  const features = new Float32Array(part.rows * part.featureWidth)
  const labels = new Float32Array(part.rows * part.labelWidth)
  gatherBatch(part, rowRange(part.rows), features, labels)
  return Array.from({ length: part.rows }, (_, row) => ({
    features: Array.from(features.subarray(row * part.featureWidth, (row + 1) * part.featureWidth)),
    labels: Array.from(labels.subarray(row * part.labelWidth, (row + 1) * part.labelWidth)),
  }))
}

/** Loads, and holds `inspectData` against it. */
async function load(parts: Parts, dir: string): Promise<Dataset> {
  const experiment = experimentOf(parts)
  const dataset = await loadDataset(experiment, dir)
  expect(await inspectData(experiment, dir)).toEqual(dataset.shape)
  return dataset
}

/** What loading fails with; inspecting must find it too. */
async function failure(parts: Parts, dir: string): Promise<{ message: string; setting: unknown }> {
  const experiment = experimentOf(parts)
  const found = await failureOf(loadDataset(experiment, dir), dir)
  expect(await failureOf(inspectData(experiment, dir), dir)).toEqual(found)
  return found
}

const PAIR = { features: 'x', labels: 'y' }
const IMAGES = { x: idx([4, 1, 2], [0, 255, 51, 102, 153, 204, 1, 2]), y: idx([4], [1, 0, 2, 1]) }

describe('IDX data', () => {
  it('is split and scaled, bytes kept as bytes', async () => {
    const dataset = await load(
      {
        data: { source: 'idx', train: PAIR, test: { features: 'tx', labels: 'ty' } },
        preprocess: [{ type: 'scale', divideBy: 255 }],
        split: { validation: 1 },
      },
      filesIn({ ...IMAGES, tx: idx([1, 1, 2], [255, 0]), ty: idx([1], [0]) }),
    )
    expect(dataset.shape).toEqual({
      featureShape: [1, 2],
      featureNames: null,
      target: { kind: 'classes', classes: null, count: 3, oneHot: false },
      rows: 4,
      testFileRows: 1,
      parts: { train: 3, validation: 1, test: 1 },
    })
    expect(dataset.train.table).toMatchObject({ features: expect.any(Uint8Array) as Uint8Array })
    expect([dataset.train, dataset.validation, dataset.test].map(rowsOf)).toEqual([
      [
        { features: [0, 1], labels: [1] },
        { features: [Math.fround(0.2), Math.fround(0.4)], labels: [0] },
        { features: [Math.fround(0.6), Math.fround(0.8)], labels: [2] },
      ],
      [{ features: [Math.fround(1 / 255), Math.fround(2 / 255)], labels: [1] }],
      [{ features: [1, 0], labels: [0] }],
    ])
  })

  it('divides bytes exactly as float32 does', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte)
    const dataset = await load(
      { data: { source: 'idx', train: PAIR }, preprocess: [{ type: 'scale', divideBy: 255 }] },
      filesIn({ x: idx([1, 256], bytes), y: idx([1], [0]) }),
    )
    expect(rowsOf(dataset.train)[0]?.features).toEqual(bytes.map((byte) => Math.fround(byte / 255)))
  })

  it('has one-hot labels when asked for', async () => {
    const dataset = await load(
      { data: { source: 'idx', train: PAIR, classes: ['a', 'b', 'c', 'd'] }, preprocess: [{ type: 'oneHot' }] },
      filesIn(IMAGES),
    )
    expect(dataset.shape.target).toEqual({ kind: 'classes', classes: ['a', 'b', 'c', 'd'], count: 4, oneHot: true })
    expect(rowsOf(dataset.train).map((row) => row.labels)).toEqual([
      [0, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 1, 0, 0],
    ])
  })

  it('has values for a loss of values', async () => {
    const fit: ExperimentInput['fit'] = { loss: 'meanSquaredError' }
    const dataset = await load({ data: { source: 'idx', train: PAIR }, fit }, filesIn(IMAGES))
    expect(dataset.shape.target).toEqual({ kind: 'values', names: ['label'], zeroOne: false })
  })

  const BAD: [string, Record<string, Uint8Array>, Partial<Parts['data']>, { message: string; setting: string }][] = [
    [
      'another number of labels',
      { ...IMAGES, y: idx([3], [0, 1, 2]) },
      {},
      { message: '3 labels for the 4 rows of x; the files do not belong together: y', setting: 'data.train.labels' },
    ],
    [
      'labels of several numbers',
      { ...IMAGES, y: idx([4, 2], [0, 1, 2, 0, 1, 2, 0, 1]) },
      {},
      { message: 'labels are one number per row, but the file holds 4 × 2: y', setting: 'data.train.labels' },
    ],
    [
      'a label beyond the classes',
      IMAGES,
      { classes: ['no', 'yes'] },
      {
        message: 'row 2 has the label 2; labels go from 0 to 1, as data.classes names 2: y',
        setting: 'data.train.labels',
      },
    ],
    [
      'a test label that the training rows lack',
      { ...IMAGES, tx: idx([2, 1, 2], [1, 2, 3, 4]), ty: idx([2], [0, 9]) },
      { test: { features: 'tx', labels: 'ty' } },
      { message: 'row 1 has the label 9; labels go from 0 to 2: ty', setting: 'data.test.labels' },
    ],
    [
      'test rows of another shape',
      { ...IMAGES, tx: idx([1, 3], [1, 2, 3]), ty: idx([1], [0]) },
      { test: { features: 'tx', labels: 'ty' } },
      { message: 'a row has the shape [3], in the training file [1, 2]: tx', setting: 'data.test.features' },
    ],
    [
      'a missing file',
      { y: IMAGES.y },
      {},
      {
        message: 'there is no such file; paths are relative to data.dir, else to the experiment file: x',
        setting: 'data.train.features',
      },
    ],
  ]
  it.each(BAD)('is refused with %s', async (_, files, data, expected) => {
    const dir = filesIn(files)
    const whole = { source: 'idx', train: PAIR, ...data } as Parts['data']
    expect(await failure({ data: whole }, dir)).toEqual(expected)
  })
})

const IRIS = 'long,wide,kind\n1,10,setosa\n2,20,virginica\n3,30,setosa\n4,40,versicolor\n'

describe('CSV data', () => {
  it('numbers text classes in alphabetical order and standardizes', async () => {
    const dataset = await load(
      { data: { source: 'csv', file: 'f', target: 'kind' }, preprocess: [{ type: 'standardize' }], split: { test: 2 } },
      filesIn({ f: IRIS }),
    )
    expect(dataset.shape).toEqual({
      featureShape: [2],
      featureNames: ['long', 'wide'],
      target: { kind: 'classes', classes: ['setosa', 'versicolor', 'virginica'], count: 3, oneHot: false },
      rows: 4,
      testFileRows: null,
      parts: { train: 2, validation: 0, test: 2 },
    })
    expect([rowsOf(dataset.train), dataset.validation, rowsOf(dataset.test)]).toEqual([
      [
        { features: [-1, -1], labels: [0] },
        { features: [1, 1], labels: [2] },
      ],
      null,
      [
        { features: [3, 3], labels: [0] },
        { features: [5, 5], labels: [1] },
      ],
    ])
  })

  it('numbers classes as the file names them, and as numbers when they are', async () => {
    const named = await load(
      { data: { source: 'csv', file: 'f', target: 'kind', classes: ['virginica', 'setosa', 'versicolor'] } },
      filesIn({ f: IRIS }),
    )
    expect(rowsOf(named.train).map((row) => row.labels)).toEqual([[1], [0], [1], [2]])
    const numbered = await load({ data: { source: 'csv', file: 'f', target: 'y' } }, filesIn({ f: 'x,y\n1,3\n2,0\n' }))
    expect(numbered.shape.target).toEqual({ kind: 'classes', classes: null, count: 4, oneHot: false })
    expect(rowsOf(numbered.train).map((row) => row.labels)).toEqual([[3], [0]])
  })

  it('spreads categories out, with a test file in another order of columns', async () => {
    const dataset = await load(
      {
        data: { source: 'csv', file: 'f', testFile: 't', target: 'price' },
        preprocess: [
          { type: 'scale', divideBy: 10 },
          { type: 'oneHot', columns: ['sea'] },
        ],
        fit: { loss: 'meanSquaredError' },
      },
      filesIn({ f: 'size,sea,price\n10,near,1.5\n20,far,2.5\n', t: 'sea,price,size\nfar,3,30\n' }),
    )
    expect(dataset.shape).toMatchObject({
      featureShape: [3],
      featureNames: ['size', 'sea=far', 'sea=near'],
      target: { kind: 'values', names: ['price'], zeroOne: false },
    })
    expect([dataset.train, dataset.test].map(rowsOf)).toEqual([
      [
        { features: [1, 0, 1], labels: [1.5] },
        { features: [2, 1, 0], labels: [2.5] },
      ],
      [{ features: [3, 1, 0], labels: [3] }],
    ])
  })

  it('takes several targets, and rows by their numbers', async () => {
    const numbers = (...rows: number[]): Uint8Array => new Uint8Array(Int32Array.from(rows).buffer)
    const dataset = await load(
      {
        data: { source: 'csv', dir: 'd/..', file: 'f', target: ['y', 'z'], features: ['x'] },
        fit: { loss: 'meanSquaredError' },
        split: { rows: { train: 'train.bin', test: 'test.bin' } },
      },
      filesIn({ f: 'x,y,z\n1,2,3\n4,5,6\n7,8,9\n', 'train.bin': numbers(2, 0), 'test.bin': numbers(1) }),
    )
    expect([rowsOf(dataset.train), dataset.validation, rowsOf(dataset.test)]).toEqual([
      [
        { features: [7], labels: [8, 9] },
        { features: [1], labels: [2, 3] },
      ],
      null,
      [{ features: [4], labels: [5, 6] }],
    ])
  })

  const CSV = { source: 'csv', file: 'f', target: 'y' } as const
  const BAD: [string, Record<string, string>, Partial<Parts>, { message: string; setting: string }][] = [
    [
      'a class that is not named',
      { f: 'x,y\n1,cat\n2,dgo\n' },
      { data: { ...CSV, classes: ['cat', 'dog'] } },
      {
        message: 'line 3: label "dgo" is not allowed; did you mean "dog"? The classes are cat, dog: f',
        setting: 'data.classes',
      },
    ],
    [
      'a class number beyond those named',
      { f: 'x,y\n1,0\n2,2\n' },
      { data: { ...CSV, classes: ['cat', 'dog'] } },
      { message: 'line 3: label "2" is not allowed; labels go from 0 to 1: f', setting: 'data.classes' },
    ],
    [
      'a test label that the training file lacks',
      { f: 'x,y\n1,a\n2,b\n', t: 'x,y\n1,c\n' },
      { data: { ...CSV, testFile: 't' } },
      {
        message: 'line 2: label "c" is not allowed; the classes are a, b: t',
        setting: 'data.target',
      },
    ],
    [
      'a test category that the training file lacks',
      { f: 'x,y\nu,1\nv,0\n', t: 'x,y\nw,1\n' },
      { data: { ...CSV, testFile: 't' }, preprocess: [{ type: 'oneHot', columns: ['x'] }] },
      { message: 'line 2, column "x": "w" is not among the training file\'s u, v: t', setting: 'data.testFile' },
    ],
    [
      'the target among the features',
      { f: 'x,y\n1,0\n' },
      { data: { ...CSV, features: ['x', 'y'] } },
      { message: '"y" is the target; it cannot be a feature too', setting: 'data.features' },
    ],
  ]
  it.each(BAD)('is refused with %s', async (_, files, parts, expected) => {
    expect(await failure({ data: CSV, ...parts }, filesIn(files))).toEqual(expected)
  })

  const int32 = (...rows: number[]): Uint8Array => new Uint8Array(Int32Array.from(rows).buffer)
  it.each([
    ['a row beyond the end', int32(0, 3), int32(1), 'entry 1 is row 3, but rows go from 0 to 2: a', 'split.rows.train'],
    [
      'a row twice',
      int32(0, 1),
      int32(1),
      'row 1 is there twice, in this file or in that of another part: b',
      'split.rows.test',
    ],
    [
      'odd bytes',
      new Uint8Array(6),
      int32(1),
      'row numbers take 4 bytes each, but the file has 6 bytes: a',
      'split.rows.train',
    ],
  ])('is refused with row numbers that have %s', async (_, a, b, message, setting) => {
    const dir = filesIn({ f: 'x,y\n1,0\n2,1\n3,0\n', a, b })
    const experiment = experimentOf({ data: CSV, split: { rows: { train: 'a', test: 'b' } } })
    expect(await failureOf(loadDataset(experiment, dir), dir)).toEqual({ message, setting })
  })

  it('is refused when nothing is left to train on', async () => {
    const dir = filesIn({ f: 'x,y\n1,0\n2,1\n' })
    const experiment = experimentOf({ data: CSV, split: { validation: 1, test: 1 } })
    expect(await failureOf(loadDataset(experiment, dir), dir)).toEqual({
      message: 'validation and test take 2 of 2 rows and leave none to train on',
      setting: 'split',
    })
    expect((await inspectData(experiment, dir)).parts).toEqual({ train: 0, validation: 1, test: 1 })
  })
})

describe('inline data', () => {
  const XOR = {
    source: 'inline',
    columns: ['a', 'b', 'y'],
    rows: [
      [0, 0, 'no'],
      ['0', 1, 'yes'],
    ],
    target: 'y',
  } as const
  const inline = (part: object): Parts['data'] => ({ ...XOR, ...part }) as unknown as Parts['data']

  it('is read as a table is', async () => {
    const dataset = await load({ data: inline({}), fit: { loss: 'binaryCrossentropy' } }, tempDir())
    expect(dataset.shape.target).toEqual({ kind: 'classes', classes: ['no', 'yes'], count: 2, oneHot: false })
    expect(rowsOf(dataset.train)).toEqual([
      { features: [0, 0], labels: [0] },
      { features: [0, 1], labels: [1] },
    ])
  })

  it.each([
    [{ rows: [[1, 2]] }, { message: 'row 1 has 2 cells, the header 3', setting: 'data.rows.0' }],
    [
      {
        rows: [
          [1, 2, 0],
          [1, 'x', 0],
        ],
      },
      {
        message:
          'row 2, column "b": expected a number, got "x"; leave the column out of data.features, one-hot encode it, or name it in data.text',
        setting: 'data.rows.1',
      },
    ],
    [{ target: 'z' }, { message: 'there is no column "z"; the columns are a, b, y', setting: 'data.target' }],
  ])('is refused with %j', async (part, expected) => {
    expect(await failure({ data: inline(part) }, tempDir())).toEqual(expected)
  })
})
