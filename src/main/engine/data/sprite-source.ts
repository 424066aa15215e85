/**
 * Features and labels from a sprite: one image that holds all pictures, each as a row of pixels (as TensorFlow.js's MNIST has
 * them) or as a tile of a grid, left to right and then down; and a file with their labels, a byte for each, or as IDX.
 */
import type { DataSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { dataFile, readBytes } from './data-file.ts'
import { readIdx } from './idx.ts'
import { decodeImage, imageSizeOf, type ImageShape } from './image-file.ts'
import { keysOfNumbers } from './row-keys.ts'
import type { Source, SourceShape } from './source.ts'
import { encodesTarget } from './source.ts'

export type SpriteSpec = Extract<DataSpec, { source: 'sprite' }>

export interface Sprite {
  readonly file: DataFile
  readonly labels: Float32Array
  /** Of a picture. */
  readonly shape: ImageShape
  /** Pictures side by side; null: each is a row of pixels. */
  readonly columns: number | null
}

/** Reads the labels and the size of the image. @throws MinimaError `data-invalid` */
export async function inspectSprite(experiment: Experiment, spec: SpriteSpec, baseDir: string): Promise<SourceShape> {
  return shapeOf(experiment, spec, await openSprite(spec, baseDir))
}

/** @throws MinimaError `data-invalid` */
export async function readSpriteSource(experiment: Experiment, spec: SpriteSpec, baseDir: string): Promise<Source> {
  const sprite = await openSprite(spec, baseDir)
  const { labels } = sprite
  const features = await readPictures(sprite, labels.length)
  const main = { rows: labels.length, featureWidth: features.length / labels.length, features, labels }
  const keys = experiment.split.by === 'hash' && { keys: keysOfNumbers(features, labels, labels.length) }
  return { ...shapeOf(experiment, spec, sprite), ...keys, main, test: null }
}

function shapeOf(experiment: Experiment, { classes }: SpriteSpec, { labels, shape }: Sprite): SourceShape {
  const count = classes?.length ?? Math.max(2, 1 + labels.reduce((most, label) => Math.max(most, label), 0))
  return {
    featureShape: [shape.height, shape.width, shape.channels],
    featureNames: null,
    madeBy: [],
    target: { kind: 'classes', classes: classes ?? null, count, oneHot: encodesTarget(experiment) },
    rows: labels.length,
    testFileRows: null,
  }
}

/** @throws MinimaError `data-invalid` when image, labels and size of a picture do not belong together */
export async function openSprite(spec: SpriteSpec, baseDir: string): Promise<Sprite> {
  const [height, width] = spec.imageSize
  const shape: ImageShape = { height, width, channels: spec.colorMode === 'rgb' ? 3 : 1 }
  const file = dataFile(baseDir, spec.dir, spec.file, ['data', 'file'])
  const sheet = await imageSizeOf(file)
  const columns = spec.layout === 'rows' ? null : Math.floor(sheet.width / width)
  const fits =
    columns === null ? sheet.width === height * width : sheet.width % width === 0 && sheet.height % height === 0
  if (!fits) {
    const wanted = columns === null ? `rows of ${height * width} pixels` : `a multiple of ${width} × ${height}`
    throw fileError(
      `pictures of ${height} × ${width} need ${wanted}, but the image is ${sheet.width} wide and ${sheet.height} high; ` +
        'see data.imageSize and data.layout',
      file,
    )
  }
  const most = columns === null ? sheet.height : columns * (sheet.height / height)
  return { file, shape, columns, labels: await readLabels(spec, baseDir, most) }
}

/** The first `count` pictures, one after the other, each row by row. @throws MinimaError `data-invalid` */
export async function readPictures({ file, shape, columns }: Sprite, count: number): Promise<Uint8Array> {
  const { height, width, channels } = shape
  const { pixels, width: sheetWidth } = await decodeImage(file, channels)
  const size = height * width * channels
  if (columns === null) return new Uint8Array(pixels.subarray(0, count * size))
  const pictures = new Uint8Array(count * size)
  const line = width * channels
  for (let picture = 0; picture < count; picture++) {
    const top = Math.floor(picture / columns) * height
    const left = (picture % columns) * width
    for (let row = 0; row < height; row++) {
      const from = ((top + row) * sheetWidth + left) * channels
      pictures.set(pixels.subarray(from, from + line), picture * size + row * line)
    }
  }
  return pictures
}

async function readLabels(spec: SpriteSpec, baseDir: string, most: number): Promise<Float32Array> {
  const file = dataFile(baseDir, spec.dir, spec.labels, ['data', 'labels'])
  const bytes = await readBytes(file)
  // IDX begins so, with one dimension of bytes.
  const isIdx = bytes.readUIntBE(0, Math.min(4, bytes.length)) === 0x0801
  const numbers = isIdx ? Float32Array.from((await readIdx(file)).data) : labelsOf(bytes, most)
  if (numbers.length === 0 || numbers.length > most) {
    throw fileError(`${numbers.length} labels for the ${most} pictures that the image has room for`, file)
  }
  const beyond = spec.classes === undefined ? -1 : numbers.findIndex((label) => label >= (spec.classes?.length ?? 0))
  if (beyond >= 0) {
    throw fileError(
      `picture ${beyond} has the label ${numbers[beyond]}, but data.classes names ${spec.classes?.length}`,
      file,
    )
  }
  return numbers
}

/** Bytes that are class numbers, or, several to each picture, rows of a 1 among 0. */
function labelsOf(bytes: Uint8Array, pictures: number): Float32Array {
  const classes = bytes.length / pictures
  if (classes < 2 || !Number.isInteger(classes)) return Float32Array.from(bytes)
  return Float32Array.from({ length: pictures }, (_, row) =>
    Math.max(0, bytes.subarray(row * classes, (row + 1) * classes).indexOf(1)),
  )
}
