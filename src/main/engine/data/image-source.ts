/** Features and labels from folders of images, one for each class. */
import { readdir } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { DataSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { dataFile, unreadable } from './data-file.ts'
import type { Table } from './dataset.ts'
import { IMAGE_NAME, readImage, type ImageShape } from './image-file.ts'
import { showBytes } from './memory-budget.ts'
import { PackingStopped } from './packed-cache.ts'
import { keysOfNumbers } from './row-keys.ts'
import type { LoadHooks, Source, SourceShape } from './source.ts'
import { encodesTarget } from './source.ts'

export type ImageSpec = Extract<DataSpec, { source: 'images' }>

/** Decoded at the same time. */
const AT_ONCE = 8
/** Of the machine's memory, what images may take. */
const MOST_SHARE = 0.25

/** The images of a folder, by class and then by name. */
export interface ImageFolder {
  readonly classes: readonly string[]
  readonly images: readonly { readonly file: DataFile; readonly label: number }[]
  /** Files that are no images, by name. */
  readonly others: readonly string[]
}

export function imageShapeOf({ imageSize: [height, width], colorMode }: ImageSpec): ImageShape {
  return { height, width, channels: colorMode === 'rgb' ? 3 : 1 }
}

/** Looks into the folders only. @throws MinimaError `data-invalid` */
export async function inspectImages(experiment: Experiment, spec: ImageSpec, baseDir: string): Promise<SourceShape> {
  return (await describe(experiment, spec, baseDir)).shape
}

/** @throws MinimaError `data-invalid`; PackingStopped */
export async function readImageSource(
  experiment: Experiment,
  spec: ImageSpec,
  baseDir: string,
  hooks: LoadHooks = {},
): Promise<Source> {
  const { shape, main, test } = await describe(experiment, spec, baseDir)
  const table = await readImages(main, spec, hooks)
  const keys = experiment.split.by === 'hash' && { keys: keysOfNumbers(table.features, table.labels, table.rows) }
  const others = [...main.others, ...(test?.others ?? [])]
  const left = `Files that are no images were left out: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ', ...' : ''}`
  return {
    ...shape,
    ...keys,
    main: table,
    test: test && (await readImages(test, spec, {})),
    notices: others.length === 0 ? [] : [`${left} (${others.length})`],
  }
}

/** @param known classes in their order; else the folders, sorted. @throws MinimaError `data-invalid` */
export async function listImages(folder: DataFile, known: readonly string[] | undefined): Promise<ImageFolder> {
  const entries = await readdir(folder.path, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(error, folder)
  })
  const shown = entries.filter(({ name }) => !name.startsWith('.'))
  const folders = shown.filter((entry) => !entry.isFile()).map(({ name }) => name)
  const classes = known ?? folders.toSorted((left, right) => (left < right ? -1 : 1))
  const missing = classes.find((name) => !folders.includes(name))
  if (missing !== undefined) throw fileError(`there is no folder for the class ${JSON.stringify(missing)}`, folder)
  const unknown = folders.find((name) => !classes.includes(name))
  if (unknown !== undefined) throw fileError(`the folder ${JSON.stringify(unknown)} is no class`, folder)
  if (classes.length < 2) throw fileError('there must be a folder with images for each of two classes or more', folder)
  const others = shown.filter((entry) => entry.isFile()).map(({ name }) => name)
  const images: { file: DataFile; label: number }[] = []
  for (const [label, name] of classes.entries()) {
    const files = await readdir(join(folder.path, name), { withFileTypes: true, recursive: true })
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
    for (const path of paths.sort()) {
      if (IMAGE_NAME.test(path)) images.push({ file: { path, setting: folder.setting }, label })
      else others.push(path.slice(folder.path.length + 1))
    }
  }
  if (images.length === 0) throw fileError('there are no images in it', folder)
  return { classes, images, others }
}

async function describe(
  experiment: Experiment,
  spec: ImageSpec,
  baseDir: string,
): Promise<{ shape: SourceShape; main: ImageFolder; test: ImageFolder | null }> {
  const folder = dataFile(baseDir, spec.dir, spec.folder, ['data', 'folder'])
  const main = await listImages(folder, spec.classes)
  const test =
    spec.testFolder === undefined
      ? null
      : await listImages(dataFile(baseDir, spec.dir, spec.testFolder, ['data', 'testFolder']), main.classes)
  const { height, width, channels } = imageShapeOf(spec)
  const bytes = (main.images.length + (test?.images.length ?? 0)) * height * width * channels
  if (bytes > totalmem() * MOST_SHARE) {
    throw fileError(
      `the images would take ${showBytes(bytes)} of memory; a smaller data.imageSize, or grayscale, makes them fit`,
      folder,
    )
  }
  const shape: SourceShape = {
    featureShape: [height, width, channels],
    featureNames: null,
    madeBy: [],
    target: {
      kind: 'classes',
      classes: main.classes,
      count: main.classes.length,
      oneHot: encodesTarget(experiment),
    },
    rows: main.images.length,
    testFileRows: test && test.images.length,
  }
  return { shape, main, test }
}

async function readImages({ images }: ImageFolder, spec: ImageSpec, { packing, stopAsked }: LoadHooks): Promise<Table> {
  const shape = imageShapeOf(spec)
  const width = shape.height * shape.width * shape.channels
  const features = new Uint8Array(images.length * width)
  for (let first = 0; first < images.length; first += AT_ONCE) {
    if (stopAsked?.()) throw new PackingStopped()
    packing?.(first / images.length)
    const some = images.slice(first, first + AT_ONCE)
    await Promise.all(
      some.map(({ file }, index) => readImage(file, shape, spec.interpolation, features, (first + index) * width)),
    )
  }
  const labels = Float32Array.from(images, ({ label }) => label)
  return { rows: images.length, featureWidth: width, features, labels }
}
