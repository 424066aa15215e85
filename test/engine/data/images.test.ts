/** Folders of images: a class for each, brought to a size as TensorFlow does. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { data as dataSchema } from '../../../src/contract/experiment/data.ts'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import type { Split } from '../../../src/main/engine/data/dataset.ts'
import { readImage, type Interpolation } from '../../../src/main/engine/data/image-file.ts'
import { inspectData } from '../../../src/main/engine/data/inspect-data.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { previewData } from '../../../src/main/engine/data/preview.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { experimentOf, failureOf, tempDir } from './data-files.ts'

type Color = readonly [number, number, number]
const RED: Color = [255, 0, 0]
const BLUE: Color = [0, 0, 255]

function plain([r, g, b]: Color, format: 'png' | 'jpeg' | 'webp', side = 4): Promise<Buffer> {
  const image = sharp({ create: { width: side, height: side, channels: 3, background: { r, g, b } } })
  return image.toFormat(format, format === 'webp' ? { lossless: true } : {}).toBuffer()
}

/** Writes files by their paths. @returns the folder */
function folderOf(files: Readonly<Record<string, Buffer | string>>): string {
  const dir = tempDir()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
  return dir
}

const PICTURES = {
  'all/red/a.png': await plain(RED, 'png'),
  'all/red/deep/b.JPG': await plain(RED, 'jpeg', 9),
  'all/blue/c.webp': await plain(BLUE, 'webp', 2),
  'all/blue/notes.txt': 'no image',
  'all/.hidden/x.png': 'hidden',
  'test/blue/d.png': await plain(BLUE, 'png'),
  'test/red/e.png': await plain(RED, 'png'),
}

function spec(more: Record<string, unknown> = {}, split = {}) {
  const data = dataSchema.parse({ source: 'images', folder: 'all', imageSize: [2, 3], ...more })
  return experimentOf({ data, preprocess: [{ type: 'scale', divideBy: 255 }], split })
}

function rowsOf(part: Split | null): { features: number[]; label: number }[] {
  if (part === null) return []
  const features = new Float32Array(part.rows * part.featureWidth)
  const labels = new Float32Array(part.rows)
  gatherBatch(part, rowRange(part.rows), features, labels)
  return Array.from(labels, (label, row) => ({
    features: Array.from(features.subarray(row * part.featureWidth, (row + 1) * part.featureWidth), (value) =>
      Math.round(value),
    ),
    label,
  }))
}

const all = (...pixel: number[]): number[] => Array.from({ length: 6 }, () => pixel).flat()

describe('folders of images', () => {
  it('are rows of bytes, with the folders as classes', async () => {
    const dir = folderOf(PICTURES)
    const { train, test, shape, notices } = await loadDataset(spec({ testFolder: 'test' }), dir)
    expect(shape).toEqual({
      featureShape: [2, 3, 3],
      featureNames: null,
      target: { kind: 'classes', classes: ['blue', 'red'], count: 2, oneHot: false },
      rows: 3,
      testFileRows: 2,
      parts: { train: 3, validation: 0, test: 2 },
    })
    expect(await inspectData(spec({ testFolder: 'test' }), dir)).toEqual(shape)
    expect(rowsOf(train)).toEqual([
      { features: all(0, 0, 1), label: 0 },
      { features: all(1, 0, 0), label: 1 },
      { features: all(1, 0, 0), label: 1 },
    ])
    expect(rowsOf(test).map(({ label }) => label)).toEqual([0, 1])
    expect(notices).toEqual(['Files that are no images were left out: blue/notes.txt (1)'])
  })

  it('can be gray, and have their classes in an order of their own', async () => {
    const dir = folderOf(PICTURES)
    const { train, shape } = await loadDataset(spec({ colorMode: 'grayscale', classes: ['red', 'blue'] }), dir)
    expect(shape.featureShape).toEqual([2, 3, 1])
    const pixels = new Float32Array(3 * 6)
    gatherBatch(train, rowRange(3), pixels, new Float32Array(3))
    expect([pixels[0], pixels[12]].map((light) => Math.round((light ?? 0) * 255))).toEqual([76, 29])
    expect(rowsOf(train).map(({ label }) => label)).toEqual([0, 0, 1])
  })

  it('are shown, of each class in turn', async () => {
    const dir = folderOf(PICTURES)
    const preview = await previewData(dataSchema.parse({ source: 'images', folder: 'all', imageSize: [128, 256] }), dir)
    expect(preview).toMatchObject({ kind: 'images', width: 64, height: 32, channels: 3 })
    if (preview?.kind !== 'images') return
    expect(preview.images.map(({ label }) => label)).toEqual(['blue', 'red', 'red'])
    expect([...Buffer.from(preview.images[0]?.pixels ?? '', 'base64').subarray(0, 3)]).toEqual([0, 0, 255])
  })

  it.each([
    ['no such folder', { folder: 'none' }, {}, /^there is no such file.*: none$/, 'data.folder'],
    [
      'one class',
      {},
      { 'all/red/a.png': PICTURES['all/red/a.png'] },
      /^there must be a folder with images for each of two classes or more: all$/,
      'data.folder',
    ],
    ['no images', {}, { 'all/a/x.txt': '', 'all/b/x.txt': '' }, /^there are no images in it: all$/, 'data.folder'],
    [
      'a class without a folder',
      { classes: ['red', 'green'] },
      PICTURES,
      /^there is no folder for the class "green": all$/,
      'data.folder',
    ],
    [
      'a folder that is no class',
      { classes: ['red', 'blue'], testFolder: 'test' },
      { ...PICTURES, 'test/green/x.png': '' },
      /^the folder "green" is no class: test$/,
      'data.testFolder',
    ],
    [
      'a damaged image',
      {},
      { ...PICTURES, 'all/red/a.png': Buffer.from('\x89PNG\r\n\x1a\nbad') },
      /^the image cannot be read \(.*\): all\/red\/a.png$/s,
      'data.folder',
    ],
    [
      'images larger than memory',
      { imageSize: [500_000, 500_000] },
      PICTURES,
      /^the images would take .* GB of memory; a smaller data.imageSize, or grayscale, makes them fit: all$/,
      'data.folder',
    ],
  ] as const)('say what is wrong: %s', async (_, more, files, message, setting) => {
    const dir = folderOf(files)
    const failure = await failureOf(loadDataset(spec(more), dir), dir)
    expect(failure.message).toMatch(message)
    expect(failure.setting).toBe(setting)
  })
})

describe('the size of an image', () => {
  const LIGHTS = [0, 50, 100, 200, 10, 90, 30, 250, 255, 128, 64, 32]

  /** As TensorFlow 2.21 has them: tf.image.resize, rounded. */
  it.each<[Interpolation, number, number, number[][]]>([
    [
      'bilinear',
      2,
      2,
      [
        [31, 148],
        [156, 71],
      ],
    ],
    [
      'bilinear',
      5,
      6,
      [
        [0, 25, 58, 92, 150, 200],
        [4, 35, 67, 71, 146, 220],
        [10, 50, 80, 40, 140, 250],
        [157, 135, 102, 61, 85, 119],
        [255, 192, 117, 75, 48, 32],
      ],
    ],
    [
      'nearest',
      2,
      2,
      [
        [50, 200],
        [128, 32],
      ],
    ],
    [
      'nearest',
      5,
      6,
      [
        [0, 50, 50, 100, 200, 200],
        [0, 50, 50, 100, 200, 200],
        [10, 90, 90, 30, 250, 250],
        [255, 128, 128, 64, 32, 32],
        [255, 128, 128, 64, 32, 32],
      ],
    ],
    [
      'bilinear',
      3,
      4,
      [
        [0, 50, 100, 200],
        [10, 90, 30, 250],
        [255, 128, 64, 32],
      ],
    ],
  ])('changes as TensorFlow changes it: %s to %i × %i', async (interpolation, height, width, expected) => {
    const png = await sharp(Uint8Array.from(LIGHTS), { raw: { width: 4, height: 3, channels: 1 } })
      .png()
      .toBuffer()
    const dir = folderOf({ 'x.png': png })
    const out = new Uint8Array(height * width)
    const file = { path: join(dir, 'x.png'), setting: [] }
    await readImage(file, { height, width, channels: 1 }, interpolation, out, 0)
    expect([...out]).toEqual(expected.flat())
  })
})
