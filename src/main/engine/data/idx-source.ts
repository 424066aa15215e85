/** Features and labels from pairs of IDX files. */
import type { DataSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { DataFile } from './data-error.ts'
import { fileError } from './data-error.ts'
import { dataFile } from './data-file.ts'
import type { Table, Target } from './dataset.ts'
import type { IdxHeader } from './idx.ts'
import { readIdx, readIdxHeader } from './idx.ts'
import { keysOfNumbers } from './row-keys.ts'
import type { Source, SourceShape } from './source.ts'
import { encodesTarget, isZeroOne, wantsClasses } from './source.ts'

type IdxSpec = Extract<DataSpec, { source: 'idx' }>
type PairName = 'train' | 'test'

interface Pair {
  readonly header: IdxHeader
  readonly labels: Float32Array
  readonly labelFile: DataFile
}

interface Described {
  readonly shape: SourceShape
  readonly train: Pair
  readonly test: Pair | null
}

/** Reads headers of the features, and the labels. @throws MinimaError `data-invalid` */
export async function inspectIdx(experiment: Experiment, spec: IdxSpec, baseDir: string): Promise<SourceShape> {
  return (await describe(experiment, spec, baseDir)).shape
}

/** @throws MinimaError `data-invalid` */
export async function readIdxSource(experiment: Experiment, spec: IdxSpec, baseDir: string): Promise<Source> {
  const { shape, train, test } = await describe(experiment, spec, baseDir)
  const table = async (name: PairName, { labels }: Pair): Promise<Table> => {
    const { data, shape: size } = await readIdx(fileOf(spec, baseDir, name, 'features'))
    const rows = size[0] ?? 0
    return { rows, featureWidth: data.length / rows, features: data, labels }
  }
  const main = await table('train', train)
  const keys = experiment.split.by === 'hash' && { keys: keysOfNumbers(main.features, main.labels, main.rows) }
  return { ...shape, ...keys, main, test: test && (await table('test', test)) }
}

function fileOf(spec: IdxSpec, baseDir: string, name: PairName, part: 'features' | 'labels'): DataFile {
  return dataFile(baseDir, spec.dir, (spec[name] ?? spec.train)[part], ['data', name, part])
}

async function describe(experiment: Experiment, spec: IdxSpec, baseDir: string): Promise<Described> {
  const train = await readPair(spec, baseDir, 'train')
  const test = spec.test ? await readPair(spec, baseDir, 'test') : null
  const [rows = 0, ...featureShape] = train.header.shape
  if (test && test.header.shape.slice(1).join() !== featureShape.join()) {
    throw fileError(
      `a row has the shape [${test.header.shape.slice(1).join(', ')}], in the training file [${featureShape.join(', ')}]`,
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

async function readPair(spec: IdxSpec, baseDir: string, name: PairName): Promise<Pair> {
  const featureFile = fileOf(spec, baseDir, name, 'features')
  const labelFile = fileOf(spec, baseDir, name, 'labels')
  const header = await readIdxHeader(featureFile)
  const labels = await readIdx(labelFile)
  if (labels.shape.length !== 1) {
    throw fileError(`labels are one number per row, but the file holds ${labels.shape.join(' × ')}`, labelFile)
  }
  if (labels.shape[0] !== header.shape[0]) {
    throw fileError(
      `${labels.shape[0]} labels for the ${header.shape[0]} rows of ${featureFile.path}; the files do not belong together`,
      labelFile,
    )
  }
  return { header, labels: Float32Array.from(labels.data), labelFile }
}

function targetOf(experiment: Experiment, spec: IdxSpec, train: Pair, test: Pair | null): Target {
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
