/** Pictures that lie in one image: each a row of pixels, or a tile of a grid. */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { data as dataSchema } from '../../../src/contract/experiment/data.ts'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { previewData } from '../../../src/main/engine/data/preview.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { experimentOf, failureOf, filesIn, idx } from './data-files.ts'

function png(values: readonly number[], width: number, channels: 1 | 3 = 1): Promise<Buffer> {
  const height = values.length / width / channels
  return sharp(Uint8Array.from(values), { raw: { width, height, channels } }).png().toBuffer()
}

/** Four pictures of 2 × 3, the last without a label. */
const PICTURES = Array.from({ length: 24 }, (_, index) => index * 10)
/** The same two by two. */
const TILES = [0, 1].flatMap((row) =>
  [0, 1].flatMap((line) =>
    [0, 1].flatMap((column) =>
      PICTURES.slice((2 * row + column) * 6 + line * 3, (2 * row + column) * 6 + line * 3 + 3),
    ),
  ),
)
const FILES = {
  'rows.png': await png(PICTURES, 6),
  'grid.png': await png(TILES, 6),
  'colors.png': await png([255, 0, 0, 0, 255, 0], 1, 3),
  bytes: Uint8Array.from([2, 0, 1]),
  hot: Uint8Array.from([0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1]),
  idx: idx([3], [2, 0, 1]),
}

function spec(more: Record<string, unknown>) {
  return experimentOf({ data: dataSchema.parse({ source: 'sprite', imageSize: [2, 3], ...more }) })
}

describe('a sprite', () => {
  it.each([
    ['rows.png', 'rows', 'bytes', [2, 0, 1]],
    ['rows.png', 'rows', 'hot', [2, 0, 1, 2]],
    ['rows.png', 'rows', 'idx', [2, 0, 1]],
    ['grid.png', 'grid', 'bytes', [2, 0, 1]],
  ])('holds pictures and their labels: %s by %s, %s', async (file, layout, labels, expected) => {
    const dir = filesIn(FILES)
    const { train, shape } = await loadDataset(spec({ file, layout, labels }), dir)
    expect(await inspectData(spec({ file, layout, labels }), dir)).toEqual(shape)
    expect(shape).toMatchObject({ featureShape: [2, 3, 1], target: { count: 3 }, rows: expected.length })
    const numbers = { features: new Float32Array(6 * train.rows), labels: new Float32Array(train.rows) }
    gatherBatch(train, rowRange(train.rows), numbers.features, numbers.labels)
    expect([...numbers.features]).toEqual(PICTURES.slice(0, 6 * train.rows))
    expect([...numbers.labels]).toEqual(expected)
  })

  it('can have colours', async () => {
    const dir = filesIn({ ...FILES, two: Uint8Array.from([0, 1]) })
    const more = { file: 'colors.png', labels: 'two', imageSize: [1, 1], colorMode: 'rgb' }
    const { train } = await loadDataset(spec(more), dir)
    expect(train.table).toMatchObject({ features: Uint8Array.from([255, 0, 0, 0, 255, 0]) })
  })

  it('is shown picture by picture', async () => {
    const data = dataSchema.parse({
      source: 'sprite',
      file: 'grid.png',
      layout: 'grid',
      labels: 'bytes',
      imageSize: [2, 3],
      classes: ['a', 'b', 'c'],
    })
    const pixels = (picture: number) => Buffer.from(PICTURES.slice(6 * picture, 6 * picture + 6)).toString('base64')
    expect(await previewData(data, filesIn(FILES))).toEqual({
      ...{ kind: 'images', width: 3, height: 2, channels: 1 },
      images: ['c', 'a', 'b'].map((label, picture) => ({ label, pixels: pixels(picture) })),
    })
  })

  it.each([
    [
      'another size',
      { file: 'rows.png', labels: 'bytes', imageSize: [3, 3] },
      'pictures of 3 × 3 need rows of 9 pixels, but the image is 6 wide and 4 high; see data.imageSize and data.layout: rows.png',
      'data.file',
    ],
    [
      'tiles that do not fit',
      { file: 'grid.png', layout: 'grid', labels: 'bytes', imageSize: [2, 4] },
      'pictures of 2 × 4 need a multiple of 4 × 2, but the image is 6 wide and 4 high; see data.imageSize and data.layout: grid.png',
      'data.file',
    ],
    [
      'too many labels',
      { file: 'rows.png', labels: 'five' },
      '5 labels for the 4 pictures that the image has room for: five',
      'data.labels',
    ],
    [
      'a label beyond the classes',
      { file: 'rows.png', labels: 'bytes', classes: ['a', 'b'] },
      'picture 0 has the label 2, but data.classes names 2: bytes',
      'data.labels',
    ],
    ['no image', { file: 'bytes', labels: 'bytes' }, /^the image cannot be read/, 'data.file'],
    ['no labels', { file: 'rows.png', labels: 'none' }, /^there is no such file/, 'data.labels'],
  ])('says what is wrong: %s', async (_, more, message, setting) => {
    const dir = filesIn({ ...FILES, five: new Uint8Array(5) })
    expect(await failureOf(loadDataset(spec(more), dir), dir)).toEqual({
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      setting,
    })
  })
})
