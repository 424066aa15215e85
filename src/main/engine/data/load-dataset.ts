/** Reads the data of an experiment whole, splits it and prepares it. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { composeAffine } from './affine.ts'
import { dataError } from './data-error.ts'
import type { Affine, Dataset, Split, Table } from './dataset.ts'
import { readIdxSource } from './idx-source.ts'
import { shapeOf } from './inspect-data.ts'
import { readRowFiles } from './row-files.ts'
import type { Source } from './source.ts'
import type { Parts } from './split-rows.ts'
import { partSizes, splitRows } from './split-rows.ts'
import { readTableSource } from './table-source.ts'

/**
 * @param baseDir what paths in the experiment are relative to
 * @throws MinimaError `data-invalid`: a file is missing, truncated or holds what it must not
 */
export async function loadDataset(experiment: Experiment, baseDir: string): Promise<Dataset> {
  const { data } = experiment
  const source =
    data.source === 'idx'
      ? await readIdxSource(experiment, data, baseDir)
      : await readTableSource(experiment, data, baseDir)
  const parts = await partsOf(experiment, source, baseDir)
  const affine = composeAffine(experiment.preprocess, {
    table: source.main,
    rows: parts.train,
    madeBy: source.madeBy,
  })
  const part = partMaker(source, affine)
  const train = part(source.main, parts.train)
  const validation = part(source.main, parts.validation)
  const test = source.test ? part(source.test, null) : part(source.main, parts.test)
  return {
    shape: shapeOf(source, { train: train.rows, validation: validation.rows, test: test.rows }),
    train,
    validation: validation.rows > 0 ? validation : null,
    test: test.rows > 0 ? test : null,
  }
}

async function partsOf({ split }: Experiment, source: Source, baseDir: string): Promise<Parts> {
  if (split.rows) return readRowFiles(split.rows, baseDir, source.rows)
  const sizes = partSizes(split, source.rows)
  if (sizes.train < 1) {
    throw dataError(
      `validation and test take ${sizes.validation + sizes.test} of ${source.rows} rows and leave none to train on`,
      ['split'],
    )
  }
  return splitRows(split, source.rows, source.target.kind === 'classes' ? source.main.labels : null)
}

function partMaker({ target }: Source, affine: Affine | null): (table: Table, rowNumbers: Int32Array | null) => Split {
  const oneHot = target.kind === 'classes' && target.oneHot
  const labelWidth = target.kind === 'values' ? target.names.length : oneHot ? target.count : 1
  return (table, rowNumbers) => ({
    rows: rowNumbers?.length ?? table.rows,
    featureWidth: table.featureWidth,
    labelWidth,
    table,
    rowNumbers,
    affine,
    ofByte: byteValues(table, affine),
    oneHot,
  })
}

function byteValues(table: Table, affine: Affine | null): Float32Array | null {
  const [multiply = 1] = affine?.multiply ?? []
  const [add = 0] = affine?.add ?? []
  const alike = affine === null || affine.multiply.length === 1
  if (!(table.features instanceof Uint8Array) || !alike) return null
  return Float32Array.from({ length: 256 }, (_, byte) => byte * multiply + add)
}
