/** What the check of an experiment must know of its data. Of IDX files the features are not read, only their headers; of
 * CSV files that do not fit into memory only the beginning. */
import type { SplitSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { dataFile, claimedSize } from './data-file.ts'
import type { DataShape, PartSizes } from './dataset.ts'
import { inspectArrays } from './array-source.ts'
import { inspectImages } from './image-source.ts'
import type { SourceShape } from './source.ts'
import { inspectSprite } from './sprite-source.ts'
import { partSizes, splitByHash } from './split-rows.ts'
import { inspectTables } from './table-source.ts'

/**
 * `parts.train` of the result is 0 or less when the split asks for more rows than there are.
 *
 * @param baseDir what paths in the experiment are relative to
 * @throws MinimaError `data-invalid`: a file is missing, truncated or holds what it must not; `settingOf` tells which
 *   setting of the experiment is at fault
 */
export async function inspectData(experiment: Experiment, baseDir: string): Promise<DataShape> {
  const source = await inspectSource(experiment, baseDir)
  return shapeOf(source, await sizesOf(experiment, source, baseDir))
}

function inspectSource(experiment: Experiment, baseDir: string): Promise<SourceShape> {
  const { data } = experiment
  if ('target' in data) return inspectTables(experiment, data, baseDir)
  if (data.source === 'images') return inspectImages(experiment, data, baseDir)
  if (data.source === 'sprite') return inspectSprite(experiment, data, baseDir)
  return inspectArrays(experiment, data, baseDir)
}

export function shapeOf(source: SourceShape, parts: PartSizes): DataShape {
  const { featureShape, featureNames, target, texts, rows, testFileRows, estimated } = source
  return {
    ...{ featureShape, featureNames, target, rows, testFileRows, parts },
    ...(texts && { texts }),
    ...(estimated && { estimated }),
  }
}

async function sizesOf({ split }: Experiment, source: SourceShape, baseDir: string): Promise<PartSizes> {
  const sizes = split.rows ? await rowFileSizes(split.rows, baseDir) : sizesByShare(split, source)
  return source.testFileRows === null ? sizes : { ...sizes, test: source.testFileRows }
}

/** By hash they are counted where rows were read, else as great as the shares say. */
function sizesByShare(split: SplitSpec, { rows, keys }: SourceShape): PartSizes {
  if (split.by === 'count' || keys === undefined) return partSizes(split, rows)
  const { train, validation, test } = splitByHash(split, rows, keys)
  return { train: train?.length ?? rows, validation: validation.length, test: test.length }
}

async function rowFileSizes(
  files: { train: string; validation?: string | undefined; test?: string | undefined },
  baseDir: string,
): Promise<PartSizes> {
  const sizeOf = async (name: keyof PartSizes): Promise<number> => {
    const path = files[name]
    if (path === undefined) return 0
    return Math.floor((await claimedSize(dataFile(baseDir, undefined, path, ['split', 'rows', name]))) / 4)
  }
  return { train: await sizeOf('train'), validation: await sizeOf('validation'), test: await sizeOf('test') }
}
