/** Reads the data of an experiment, splits it and prepares it; what does not fit into memory stays on the disk. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { composeAffine } from './affine.ts'
import { dataError } from './data-error.ts'
import { isOnDisk } from './dataset.ts'
import type { Affine, Dataset, DiskRows, PartSizes, Split, Table } from './dataset.ts'
import { fillTable, fillValues, type FilledColumn } from './fill-missing.ts'
import type { PackedRows } from './disk-rows.ts'
import { readArraySource } from './array-source.ts'
import { readImageSource } from './image-source.ts'
import { shapeOf } from './inspect-data.ts'
import { readRowFiles } from './row-files.ts'
import type { LoadHooks, Source } from './source.ts'
import { diskParts, splitDiskByHash, splitDiskRows, type DiskParts } from './split-disk-rows.ts'
import type { Parts } from './split-rows.ts'
import { partSizes, splitByHash, splitRows } from './split-rows.ts'
import { readSpriteSource } from './sprite-source.ts'
import { readTableSource } from './table-source.ts'

/**
 * @param baseDir what paths in the experiment are relative to
 * @throws MinimaError `data-invalid`: a file is missing, truncated or holds what it must not; PackingStopped
 */
export async function loadDataset(experiment: Experiment, baseDir: string, hooks: LoadHooks = {}): Promise<Dataset> {
  const source = await readSource(experiment, baseDir, hooks)
  const raw = await partsOf(experiment, source, baseDir)
  const fill = source.filled?.length ? fillValues(raw.train.table, raw.train.rowNumbers, source.filled) : null
  const parts = fill === null ? raw : filledParts(raw, fill)
  if (parts.train.table.rows === 0 || parts.train.rowNumbers?.length === 0) {
    throw dataError(`none of the ${source.rows} rows is for training`, ['split'])
  }
  const affine = composeAffine(experiment.preprocess, {
    table: parts.train.table,
    rows: parts.train.rowNumbers,
    madeBy: source.madeBy,
  })
  const part = partMaker(source, affine)
  const train = part(parts.train)
  const validation = part(parts.validation)
  const test = part(source.test ? filledRows({ table: source.test, rowNumbers: null }, fill) : parts.test)
  return {
    shape: shapeOf(source, { train: train.rows, validation: validation.rows, test: test.rows }),
    train,
    validation: validation.rows > 0 ? validation : null,
    test: test.rows > 0 ? test : null,
    notices: [...(source.notices ?? []), ...filledNotice(source.filled ?? [], fill)],
  }
}

function readSource(experiment: Experiment, baseDir: string, hooks: LoadHooks): Promise<Source> {
  const { data } = experiment
  if ('target' in data) return readTableSource(experiment, data, baseDir, hooks)
  if (data.source === 'images') return readImageSource(experiment, data, baseDir, hooks)
  if (data.source === 'sprite') return readSpriteSource(experiment, data, baseDir)
  return readArraySource(experiment, data, baseDir)
}

/** Rows of a table: those of the numbers, or all. */
interface PartRows {
  readonly table: Table | PackedRows
  readonly rowNumbers: Int32Array | null
}

function filledParts(
  { train, validation, test }: Readonly<Record<keyof PartSizes, PartRows>>,
  fill: Float32Array,
): Record<keyof PartSizes, PartRows> {
  return { train: filledRows(train, fill), validation: filledRows(validation, fill), test: filledRows(test, fill) }
}

/** A table in memory is filled in place, which parts share. */
function filledRows({ table, rowNumbers }: PartRows, fill: Float32Array | null): PartRows {
  if (fill === null) return { table, rowNumbers }
  if (isOnDisk(table)) return { table: table.filled(fill), rowNumbers }
  fillTable(table, fill)
  return { table, rowNumbers }
}

function filledNotice(columns: readonly FilledColumn[], fill: Float32Array | null): string[] {
  if (fill === null) return []
  const told = columns.map(({ name, from, categories, fill: { by } }) => {
    const value = categories === null ? fill[from] : categories[fill.indexOf(1, from) - from]
    return `${name} ${typeof value === 'number' ? Number(value.toPrecision(6)) : value}${by === 'value' ? '' : ` (${by})`}`
  })
  return [`In the place of what is missing: ${told.join(', ')}`]
}

async function partsOf(
  { split }: Experiment,
  source: Source,
  baseDir: string,
): Promise<Readonly<Record<keyof PartSizes, PartRows>>> {
  const { main } = source
  if (split.rows) {
    const numbers = await readRowFiles(split.rows, baseDir, source.rows)
    return isOnDisk(main) ? onDisk(diskParts(main, numbers)) : inMemory(main, numbers)
  }
  if (split.by === 'hash' && source.keys) {
    if (isOnDisk(main)) return onDisk(splitDiskByHash(split, main, source.keys))
    return inMemory(main, splitByHash(split, source.rows, source.keys))
  }
  const sizes = partSizes(split, source.rows)
  if (sizes.train < 1) {
    throw dataError(
      `validation and test take ${sizes.validation + sizes.test} of ${source.rows} rows and leave none to train on`,
      ['split'],
    )
  }
  const hasClasses = source.target.kind === 'classes'
  if (isOnDisk(main)) return onDisk(splitDiskRows(split, main, sizes, hasClasses))
  return inMemory(main, splitRows(split, source.rows, hasClasses ? main.labels : null))
}

function inMemory(table: Table, { train, validation, test }: Parts): Record<keyof PartSizes, PartRows> {
  return {
    train: { table, rowNumbers: train },
    validation: { table, rowNumbers: validation },
    test: { table, rowNumbers: test },
  }
}

function onDisk({ train, validation, test }: DiskParts): Record<keyof PartSizes, PartRows> {
  return {
    train: { table: train, rowNumbers: null },
    validation: { table: validation, rowNumbers: null },
    test: { table: test, rowNumbers: null },
  }
}

function partMaker({ target }: Source, affine: Affine | null): (rows: PartRows) => Split {
  const oneHot = target.kind === 'classes' && target.oneHot
  const labelWidth = target.kind === 'values' ? target.names.length : oneHot ? target.count : 1
  return ({ table, rowNumbers }) => ({
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

function byteValues(table: Table | DiskRows, affine: Affine | null): Float32Array | null {
  const [multiply = 1] = affine?.multiply ?? []
  const [add = 0] = affine?.add ?? []
  const alike = affine === null || affine.multiply.length === 1
  if (isOnDisk(table) || !(table.features instanceof Uint8Array) || !alike) return null
  return Float32Array.from({ length: 256 }, (_, byte) => byte * multiply + add)
}
