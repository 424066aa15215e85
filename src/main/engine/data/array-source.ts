/** Features and labels from pairs of arrays: IDX, NPY, and those of an NPZ archive. */
import type { DataSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { ArrayFile, ArrayFormat } from './array-format.ts'
import { fileError } from './data-error.ts'
import { dataFile } from './data-file.ts'
import type { Table, Target } from './dataset.ts'
import { idx } from './idx.ts'
import { npy, npz } from './npy.ts'
import { keysOfNumbers } from './row-keys.ts'
import type { Source, SourceShape } from './source.ts'
import { encodesTarget, isZeroOne, wantsClasses } from './source.ts'

export type ArraySpec = Extract<DataSpec, { source: 'idx' | 'npy' | 'npz' }>

const FORMATS: Readonly<Record<ArraySpec['source'], ArrayFormat>> = { idx, npy, npz }

type PairName = 'train' | 'test'

interface Pair {
  /** Of the features. */
  readonly shape: readonly number[]
  readonly labels: Float32Array
  readonly labelFile: ArrayFile
}

interface Described {
  readonly shape: SourceShape
  readonly train: Pair
  readonly test: Pair | null
}

/** Reads of the features the shape, and the labels. @throws MinimaError `data-invalid` */
export async function inspectArrays(experiment: Experiment, spec: ArraySpec, baseDir: string): Promise<SourceShape> {
  return (await describe(experiment, spec, baseDir)).shape
}

/** @throws MinimaError `data-invalid` */
export async function readArraySource(experiment: Experiment, spec: ArraySpec, baseDir: string): Promise<Source> {
  const { shape, train, test } = await describe(experiment, spec, baseDir)
  const table = async (name: PairName, { labels }: Pair): Promise<Table> => {
    const { data, shape: size } = await FORMATS[spec.source].read(fileOf(spec, baseDir, name, 'features'))
    const rows = size[0] ?? 0
    return { rows, featureWidth: data.length / rows, features: data, labels }
  }
  const main = await table('train', train)
  const keys = experiment.split.by === 'hash' && { keys: keysOfNumbers(main.features, main.labels, main.rows) }
  return { ...shape, ...keys, main, test: test && (await table('test', test)) }
}

export function fileOf(spec: ArraySpec, baseDir: string, name: PairName, part: 'features' | 'labels'): ArrayFile {
  const named = (spec[name] ?? spec.train)[part]
  const setting = ['data', name, part]
  if (spec.source !== 'npz') return dataFile(baseDir, spec.dir, named, setting)
  return { ...dataFile(baseDir, spec.dir, spec.file, setting), entry: named }
}

export function arrayFormatOf({ source }: ArraySpec): ArrayFormat {
  return FORMATS[source]
}

async function describe(experiment: Experiment, spec: ArraySpec, baseDir: string): Promise<Described> {
  const train = await readPair(spec, baseDir, 'train')
  const test = spec.test ? await readPair(spec, baseDir, 'test') : null
  const [rows = 0, ...featureShape] = train.shape
  if (test && test.shape.slice(1).join() !== featureShape.join()) {
    throw fileError(
      `a row has the shape [${test.shape.slice(1).join(', ')}], in the training file [${featureShape.join(', ')}]`,
      fileOf(spec, baseDir, 'test', 'features'),
    )
  }
  const shape: SourceShape = {
    featureShape: featureShape.length === 0 ? [1] : featureShape,
    featureNames: null,
    madeBy: [],
    target: targetOf(experiment, spec, train, test),
    rows,
    testFileRows: test?.labels.length ?? null,
  }
  return { shape, train, test }
}

async function readPair(spec: ArraySpec, baseDir: string, name: PairName): Promise<Pair> {
  const featureFile = fileOf(spec, baseDir, name, 'features')
  const labelFile = fileOf(spec, baseDir, name, 'labels')
  const format = FORMATS[spec.source]
  const shape = await format.shapeOf(featureFile)
  const labels = await format.read(labelFile)
  // NumPy's users often have a column of them.
  if (labels.shape.slice(1).some((size) => size !== 1)) {
    throw fileError(`labels are one number per row, but the file holds ${labels.shape.join(' × ')}`, labelFile)
  }
  if (labels.shape[0] !== shape[0]) {
    throw fileError(
      `${labels.shape[0]} labels for the ${shape[0]} rows of ${nameOf(featureFile)}; the files do not belong together`,
      labelFile,
    )
  }
  return { shape, labels: Float32Array.from(labels.data), labelFile }
}

function targetOf(experiment: Experiment, spec: ArraySpec, train: Pair, test: Pair | null): Target {
  const pairs = test ? [train, test] : [train]
  if (!wantsClasses(experiment)) {
    return { kind: 'values', names: ['label'], zeroOne: pairs.every(({ labels }) => isZeroOne(labels)) }
  }
  const count = spec.classes?.length ?? Math.max(2, 1 + train.labels.reduce((most, label) => Math.max(most, label), 0))
  for (const { labels, labelFile } of pairs) {
    const row = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= count)
    if (row < 0) continue
    const names = spec.classes === undefined ? '' : `, as data.classes names ${count}`
    throw fileError(`row ${row} has the label ${labels[row]}; labels go from 0 to ${count - 1}${names}`, labelFile)
  }
  return { kind: 'classes', classes: spec.classes ?? null, count, oneHot: encodesTarget(experiment) }
}

function nameOf({ path, entry }: ArrayFile): string {
  return entry === undefined ? path : `${path}, ${entry}`
}
