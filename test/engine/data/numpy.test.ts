/** NumPy's arrays give the rows that the same arrays give as IDX. */
import { dump } from 'npyjs'
import { describe, expect, it } from 'vitest'
import { data as dataSchema } from '../../../src/contract/experiment/data.ts'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import type { Split } from '../../../src/main/engine/data/dataset.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { npy } from '../../../src/main/engine/data/npy.ts'
import { previewData } from '../../../src/main/engine/data/preview.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { zipOf } from '../tensorflow/make-wheel.ts'
import { experimentOf, failureOf, filesIn, idx } from './data-files.ts'

const SHAPE = [6, 2, 3]
const PIXELS = Array.from({ length: 36 }, (_, index) => (index * 7) % 256)
const LABELS = [0, 1, 2, 0, 1, 2]

const array = (values: Parameters<typeof dump>[0], shape: number[]): Uint8Array => new Uint8Array(dump(values, shape))
const x = array(Uint8Array.from(PIXELS), SHAPE)
const y = array(BigInt64Array.from(LABELS, BigInt), [6, 1])
const archive = zipOf([
  { name: 'x_train.npy', text: x },
  { name: 'y_train.npy', text: y },
  { name: 'x_test.npy', text: array(Uint8Array.from(PIXELS.slice(0, 6)), [1, 2, 3]) },
  { name: 'y_test.npy', text: array(Uint8Array.from([2]), [1]) },
])
const FILES = {
  ...{ 'x.npy': x, 'y.npy': y, 'data.npz': archive },
  ...{ x: idx(SHAPE, PIXELS), y: idx([6], LABELS), tx: idx([1, 2, 3], PIXELS.slice(0, 6)), ty: idx([1], [2]) },
}
const TEST = { features: 'x_test', labels: 'y_test' }

function numbersOf(part: Split | null): { features: Float32Array; labels: Float32Array } {
  const rows = part?.rows ?? 0
  const numbers = { features: new Float32Array(rows * 6), labels: new Float32Array(rows) }
  if (part) gatherBatch(part, rowRange(rows), numbers.features, numbers.labels)
  return numbers
}

describe('NumPy arrays', () => {
  it.each([
    ['npy', { source: 'npy', train: { features: 'x.npy', labels: 'y.npy' } }, null],
    ['npz', { source: 'npz', file: 'data.npz', test: TEST }, { features: 'tx', labels: 'ty' }],
  ])('are rows as those of IDX: %s', async (_, given, test) => {
    const dir = filesIn(FILES)
    const of = (data: unknown) =>
      experimentOf({
        data: dataSchema.parse(data),
        preprocess: [{ type: 'scale', divideBy: 255 }],
        split: { validation: 2 },
      })
    const theirs = await loadDataset(
      of({ source: 'idx', train: { features: 'x', labels: 'y' }, ...(test && { test }) }),
      dir,
    )
    const ours = await loadDataset(of(given), dir)
    expect(ours.shape).toEqual(theirs.shape)
    expect(await inspectData(of(given), dir)).toEqual(theirs.shape)
    for (const part of ['train', 'validation', 'test'] as const) {
      expect(numbersOf(ours[part])).toEqual(numbersOf(theirs[part]))
    }
  })

  it.each([
    ['Fortran’s order', [0, 3, 1, 4, 2, 5], true],
    ['C order', [0, 1, 2, 3, 4, 5], false],
  ])('are read in %s', async (_, stored, fortran) => {
    const bytes = Buffer.from(array(Float32Array.from(stored), [2, 3]))
    // The header is text of a length that may not change.
    const header = bytes.toString('latin1').replace("'fortran_order':False", "'fortran_order':True ")
    const dir = filesIn({ f: fortran ? Buffer.from(header, 'latin1') : bytes })
    const read = await npy.read({ path: `${dir}/f`, setting: [] })
    expect([[...read.shape], [...read.data]]).toEqual([
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ])
  })

  it('are shown as images, or as a table', async () => {
    const dir = filesIn({
      ...FILES,
      'n.npy': array(Float32Array.from([1.5, 2, 3, 4]), [2, 2]),
      'm.npy': array(Int32Array.of(0, 1), [2]),
    })
    const images = dataSchema.parse({ source: 'npz', file: 'data.npz', classes: ['a', 'b', 'c'] })
    expect(await previewData(images, dir)).toMatchObject({
      kind: 'images',
      width: 3,
      height: 2,
      images: { length: 6, 1: { label: 'b' } },
    })
    const table = dataSchema.parse({ source: 'npy', train: { features: 'n.npy', labels: 'm.npy' } })
    expect(await previewData(table, dir)).toMatchObject({
      kind: 'table',
      columns: [{ name: '0' }, { name: '1' }, { name: 'label' }],
      rows: [
        ['1.5', '2', '0'],
        ['3', '4', '1'],
      ],
    })
  })

  it.each([
    [
      'another name',
      { source: 'npz', file: 'data.npz', train: { features: 'x', labels: 'y' } },
      'the archive has no array "x"; it has x_train, y_train, x_test, y_test: data.npz',
      'data.train.features',
    ],
    ['no archive', { source: 'npz', file: 'x.npy' }, /^the archive cannot be read .*: x.npy$/, 'data.train.features'],
    [
      'no array',
      { source: 'npy', train: { features: 'x', labels: 'y.npy' } },
      'this is no NumPy array: x',
      'data.train.features',
    ],
    [
      'labels of several numbers',
      { source: 'npy', train: { features: 'x.npy', labels: 'x.npy' } },
      'labels are one number per row, but the file holds 6 × 2 × 3: x.npy',
      'data.train.labels',
    ],
    [
      'no file',
      { source: 'npy', train: { features: 'z', labels: 'y.npy' } },
      /^there is no such file/,
      'data.train.features',
    ],
  ])('say what is wrong: %s', async (_, data, message, setting) => {
    const dir = filesIn(FILES)
    const failure = await failureOf(loadDataset(experimentOf({ data: dataSchema.parse(data) }), dir), dir)
    expect(failure).toEqual({
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      setting,
    })
  })
})
