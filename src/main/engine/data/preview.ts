/** The first rows of data as they are in the file, for somebody who is choosing it. */
import Papa from 'papaparse'
import type { DataSpec } from '../../../contract/experiment/data.ts'
import type { DataPreview } from '../../../contract/requests.ts'
import { arrayFormatOf, fileOf, type ArraySpec } from './array-source.ts'
import { dataFile, readPrefix } from './data-file.ts'
import { readIdx, readIdxHeader } from './idx.ts'
import { readImage } from './image-file.ts'
import { imageShapeOf, listImages, type ImageSpec } from './image-source.ts'
import { firstJsonRows } from './json-lines.ts'
import { openSprite, readPictures, type SpriteSpec } from './sprite-source.ts'
import { eachRow, openParquet } from './parquet.ts'

const ROWS = 6
const IMAGES = 16
/** Enough for the types of columns to be told. */
const PREFIX_BYTES = 64 * 1024

/** null: this data has nothing to show. @throws MinimaError `data-invalid` when the file cannot be read */
export async function previewData(data: DataSpec, baseDir: string): Promise<DataPreview | null> {
  switch (data.source) {
    case 'inline':
      return table(
        data.columns,
        data.rows.map((row) => row.map(String)),
      )
    case 'csv':
      return previewCsv(data, baseDir)
    case 'jsonl':
      return previewJsonLines(data, baseDir)
    case 'parquet':
      return previewParquet(data, baseDir)
    case 'images':
      return previewFolder(data, baseDir)
    case 'sprite':
      return previewSprite(data, baseDir)
    case 'idx':
      return previewImages(data, baseDir)
    case 'npy':
    case 'npz':
      return previewArrays(data, baseDir)
  }
}

async function previewJsonLines(spec: Extract<DataSpec, { source: 'jsonl' }>, baseDir: string): Promise<DataPreview> {
  const file = dataFile(baseDir, spec.dir, spec.file, ['data', 'file'])
  const { names, rows } = await firstJsonRows(file, PREFIX_BYTES)
  return table(
    names,
    rows.map((row) => row.map(String)),
  )
}

const PARQUET_ROWS = 100

async function previewParquet(spec: Extract<DataSpec, { source: 'parquet' }>, baseDir: string): Promise<DataPreview> {
  const opened = await openParquet(dataFile(baseDir, spec.dir, spec.file, ['data', 'file']))
  const rows: string[][] = []
  await eachRow(opened, new Set(opened.names), 0, Math.min(PARQUET_ROWS, opened.rows), (cells) =>
    rows.push(cells.map(String)),
  )
  return table(opened.names, rows)
}

async function previewCsv(spec: Extract<DataSpec, { source: 'csv' }>, baseDir: string): Promise<DataPreview> {
  const file = dataFile(baseDir, spec.dir, spec.file, ['data', 'file'])
  const bytes = await readPrefix(file, PREFIX_BYTES)
  const text = bytes.subarray(0, PREFIX_BYTES).toString('utf8')
  const { data } = Papa.parse<string[]>(text, { delimiter: spec.delimiter ?? '', skipEmptyLines: true })
  // What was read may end within a row.
  const whole = bytes.length > PREFIX_BYTES ? data.slice(0, -1) : data
  const [header = [], ...rows] = whole
  return table(
    header.map((name) => name.replace(/^\ufeff/, '').trim()),
    rows,
  )
}

function table(names: readonly string[], rows: readonly (readonly string[])[]): DataPreview {
  const columns = names.map((name, column) => {
    const cells = rows.map((row) => row[column]?.trim() ?? '')
    const filled = cells.filter((cell) => cell !== '')
    const kind = filled.every((cell) => Number.isFinite(Number(cell))) ? ('number' as const) : ('text' as const)
    return { name, kind, missing: cells.length - filled.length }
  })
  return { kind: 'table', columns, rows: rows.slice(0, ROWS).map((row) => [...row]) }
}

/** null: the rows are no images of bytes. */
async function previewImages(
  { dir, train, classes }: Extract<DataSpec, { source: 'idx' }>,
  baseDir: string,
): Promise<DataPreview | null> {
  const file = dataFile(baseDir, dir, train.features, ['data', 'train', 'features'])
  const { shape, type } = await readIdxHeader(file)
  const [count = 0, height = 0, width = 0] = shape
  if (shape.length !== 3 || type.bytes !== 1) return null
  const labels = await readIdx(dataFile(baseDir, dir, train.labels, ['data', 'train', 'labels']))
  const size = height * width
  const from = 4 + 4 * shape.length
  const shown = Math.min(count, IMAGES)
  const bytes = await readPrefix(file, from + shown * size)
  const images = Array.from({ length: shown }, (_, row) => {
    const label = labels.data[row] ?? -1
    return {
      label: classes?.[label] ?? String(label),
      pixels: bytes.subarray(from + row * size, from + (row + 1) * size).toString('base64'),
    }
  })
  return { kind: 'images', width, height, channels: 1, images }
}

const ARRAY_ROWS = 100

/** Images as such, rows of numbers as a table; null of anything else. */
async function previewArrays(spec: ArraySpec, baseDir: string): Promise<DataPreview | null> {
  const format = arrayFormatOf(spec)
  const { shape, data } = await format.read(fileOf(spec, baseDir, 'train', 'features'))
  const labels = await format.read(fileOf(spec, baseDir, 'train', 'labels'))
  const labelOf = (row: number): string => {
    const label = labels.data[row] ?? -1
    return spec.classes?.[label] ?? String(label)
  }
  const [count = 0, height = 0, width = 0] = shape
  const size = data.length / count
  if (shape.length === 3 && data instanceof Uint8Array) {
    const images = Array.from({ length: Math.min(count, IMAGES) }, (_, row) => ({
      label: labelOf(row),
      pixels: Buffer.from(data.subarray(row * size, (row + 1) * size)).toString('base64'),
    }))
    return { kind: 'images', width, height, channels: 1, images }
  }
  if (shape.length > 2) return null
  const rows = Array.from({ length: Math.min(count, ARRAY_ROWS) }, (_, row) => [
    ...Array.from(data.subarray(row * size, (row + 1) * size), String),
    labelOf(row),
  ])
  return table([...Array.from({ length: size }, (_, column) => String(column)), 'label'], rows)
}

/** Longest side of an image that is shown. */
const SHOWN_SIDE = 64

/** The first of each class in turn, then the second, and so on. */
async function previewFolder(spec: ImageSpec, baseDir: string): Promise<DataPreview> {
  const { classes, images } = await listImages(
    dataFile(baseDir, spec.dir, spec.folder, ['data', 'folder']),
    spec.classes,
  )
  const byClass = classes.map((_, label) => images.filter((image) => image.label === label))
  const inTurn = Array.from({ length: IMAGES }, (_, turn) => byClass.flatMap((own) => own.slice(turn, turn + 1)))
  const shape = imageShapeOf(spec)
  const shrink = Math.min(1, SHOWN_SIDE / Math.max(shape.height, shape.width))
  const [height, width] = [shape.height, shape.width].map((side) => Math.max(1, Math.round(side * shrink)))
  const shown = { ...shape, height: height ?? 1, width: width ?? 1 }
  const read = inTurn
    .flat()
    .slice(0, IMAGES)
    .map(async ({ file, label }) => {
      const pixels = new Uint8Array(shown.height * shown.width * shown.channels)
      await readImage(file, shown, 'bilinear', pixels, 0)
      return { label: classes[label] ?? '', pixels: Buffer.from(pixels).toString('base64') }
    })
  return { kind: 'images', ...shown, images: await Promise.all(read) }
}

async function previewSprite(spec: SpriteSpec, baseDir: string): Promise<DataPreview> {
  const sprite = await openSprite(spec, baseDir)
  const count = Math.min(IMAGES, sprite.labels.length)
  const pictures = await readPictures(sprite, count)
  const size = pictures.length / count
  const images = Array.from(sprite.labels.subarray(0, count), (label, row) => ({
    label: spec.classes?.[label] ?? String(label),
    pixels: Buffer.from(pictures.subarray(row * size, (row + 1) * size)).toString('base64'),
  }))
  return { kind: 'images', ...sprite.shape, images }
}
