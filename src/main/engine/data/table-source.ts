/** Features and labels from tables with named columns: CSV, JSON lines, Parquet, and rows written in the experiment. */
import type { DataSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { MinimaError } from '../../../contract/errors.ts'
import { classOfCodes, findClasses, recode } from './classes.ts'
import type { Classes } from './classes.ts'
import { csv } from './csv.ts'
import type { DataFile } from './data-error.ts'
import { dataError } from './data-error.ts'
import { dataFile, statOf } from './data-file.ts'
import { isOnDisk } from './dataset.ts'
import type { Table, Target } from './dataset.ts'
import { diskRows, type PackedRows } from './disk-rows.ts'
import type { FilledColumn } from './fill-missing.ts'
import { readInline } from './inline.ts'
import { jsonLines } from './json-lines.ts'
import { memoryBudget, showBytes } from './memory-budget.ts'
import { missingRules, type MissingRules } from './missing-rules.ts'
import type { Categories } from './one-hot.ts'
import { expandedNames, findCategories } from './one-hot.ts'
import { findPacked, packTable } from './packed-cache.ts'
import type { PackedTable } from './packed-file.ts'
import { parquet } from './parquet.ts'
import { expandFeatures, rowLayout, type RowLayout, type TextNumbers } from './row-layout.ts'
import type { LoadHooks, Source, SourceShape } from './source.ts'
import { encodesTarget, isZeroOne, wantsClasses } from './source.ts'
import { readWhole, type TableFormat, type TableOptions } from './table-format.ts'
import type { RawTable, ReadRows, TableRequest } from './table-reader.ts'

export type TableSpec = Extract<DataSpec, { target: unknown }>

const FORMATS: Readonly<Record<Exclude<TableSpec['source'], 'inline'>, TableFormat>> = {
  csv,
  jsonl: jsonLines,
  parquet,
}

/**
 * What the check must know. A file that is too large to be read for it is told by its beginning, unless it was packed already.
 * @throws MinimaError `data-invalid`
 */
export async function inspectTables(experiment: Experiment, spec: TableSpec, baseDir: string): Promise<SourceShape> {
  const targetNames = namesOf(spec)
  const request = requestOf(experiment, spec, targetNames)
  const { main, test } = await openTables(spec, baseDir, request, null)
  return describe(experiment, spec, main, test)
}

/** @throws MinimaError `data-invalid`; PackingStopped */
export async function readTableSource(
  experiment: Experiment,
  spec: TableSpec,
  baseDir: string,
  hooks: LoadHooks = {},
): Promise<Source> {
  const request = requestOf(experiment, spec, namesOf(spec))
  const { main, test } = await openTables(spec, baseDir, request, hooks)
  const shape = describe(experiment, spec, main, test)
  const { tables, categories } = meaningOf(spec, main, test)
  const [mainTable, testTable = null] = tables.map(({ table }) => table())
  if (mainTable === undefined) throw dataError('there are no rows', ['data'])
  const opened = [main, ...(test ? [test] : [])]
  const notices = [
    ...opened.flatMap(packedNotice),
    ...categoryNotice(main, categories),
    ...opened.flatMap(missingNotice),
  ]
  const filled = filledColumns(spec, opened, categories)
  const keys = isOnDisk(mainTable) && request.key !== undefined ? { keys: (row: number) => mainTable.readKey(row) } : {}
  return { ...shape, ...keys, main: mainTable, test: testTable, filled, notices }
}

/** A table that was opened, and what its rows are. */
interface OpenTable {
  readonly read: ReadRows
  /** Ends messages: the path, if it has one. */
  readonly where: string
  readonly zeroOne: boolean
  readonly from:
    | { readonly kind: 'memory'; readonly raw: RawTable }
    | { readonly kind: 'disk'; readonly packed: PackedTable; readonly budget: number; readonly tookMs: number | null }
    /** Its first rows, to tell what the others are like. */
    | { readonly kind: 'sample'; readonly rows: number }
}

function namesOf({ target }: TableSpec): readonly string[] {
  return typeof target === 'string' ? [target] : target
}

function describe(experiment: Experiment, spec: TableSpec, main: OpenTable, test: OpenTable | null): SourceShape {
  const { classes, categories, flagged, texts, tables } = meaningOf(spec, main, test)
  const [mainLayout] = tables.map(({ check }) => check())
  const zeroOne = main.zeroOne && (test?.zeroOne ?? true)
  const target: Target = classes
    ? { kind: 'classes', classes: classes.names, count: classes.count, oneHot: encodesTarget(experiment) }
    : { kind: 'values', names: namesOf(spec), zeroOne }
  const { featureNames } = main.read
  const estimated = [main, test].some((table) => table?.from.kind === 'sample')
  return {
    featureShape: [mainLayout?.width ?? featureNames.length],
    featureNames: [...expandedNames(featureNames, categories), ...flagged.map((name) => `missing(${name})`)],
    madeBy: [
      ...featureNames.flatMap((name) =>
        spec.text?.includes(name)
          ? [experiment.preprocess.length]
          : Array<number>(categories.get(name)?.length ?? 1).fill(oneHotStepOf(experiment, name)),
      ),
      // Steps that scale pass texts and flags by.
      ...flagged.map(() => experiment.preprocess.length),
    ],
    target,
    ...(spec.text && { texts: { texts, features: textFeatures(spec.text, featureNames, categories) } }),
    rows: rowsOf(main),
    testFileRows: test && rowsOf(test),
    ...keysOf(main),
    ...(estimated && { estimated }),
  }
}

function keysOf({ from }: OpenTable): Pick<SourceShape, 'keys'> {
  const keys = from.kind === 'memory' ? from.raw.keys : null
  return keys === null ? {} : { keys: (row) => keys[row] ?? 0 }
}

function rowsOf({ read, from }: OpenTable): number {
  return from.kind === 'sample' ? from.rows : read.rows
}

/** What labels and categories stand for, and the tables by it. */
function meaningOf(spec: TableSpec, main: OpenTable, test: OpenTable | null) {
  const targetNames = namesOf(spec)
  const labelSetting = ['data', spec.classes === undefined ? 'target' : 'classes']
  const classes = classesOf(spec, main.read, targetNames)
  const missing = missingOf(spec)
  const categories = categoriesOf(main.read, missing, spec.text ?? [])
  const texts = new Map<string, number>()
  // Only columns that the model gets of every file: those of the main one.
  const flagged = main.read.featureNames.filter((name) => missing.flags(name) && main.read.missing.has(name))
  const tables = [main, ...(test ? [test] : [])].map((opened) => {
    const { read, where, from } = opened
    const numbers = numbersOfTexts(spec.text ?? [], read, texts)
    // Only a test file can hold categories that are not known yet; a sample of the other says nothing of them.
    const layoutOf = (): RowLayout =>
      rowLayout(read, categories, numbers, flagged, (message) => dataError(`${message}${where}`, ['data', 'testFile']))
    const codes = (): number[] | null =>
      classOfCode(read, targetNames, classes, (message) => dataError(`${message}${where}`, labelSetting))
    return {
      /** @throws MinimaError `data-invalid` for what the experiment does not allow */
      check(): RowLayout | null {
        if (main.from.kind === 'sample' && opened !== main) return null
        const layout = layoutOf()
        if (from.kind !== 'sample') codes()
        return layout
      },
      table: (): Table | PackedRows => tableOf(opened, layoutOf(), codes()),
    }
  })
  return { classes, categories, flagged, texts: [...texts.keys()], tables }
}

function tableOf({ from, read }: OpenTable, layout: RowLayout, codes: number[] | null): Table | PackedRows {
  switch (from.kind) {
    case 'memory': {
      const { raw } = from
      if (codes !== null) recode(raw.labels, 0, 1, codes)
      return {
        rows: raw.rows,
        featureWidth: layout.width,
        features: expandFeatures(raw, layout),
        labels: raw.labels,
        ...(raw.weights && { weights: raw.weights }),
      }
    }
    case 'disk':
      return diskRows(from.packed, { budget: from.budget, layout, classOfCode: codes })
    case 'sample':
      throw new Error(`only the first ${read.rows} rows were read`)
  }
}

function packedNotice({ from, read }: OpenTable): string[] {
  if (from.kind !== 'disk') return []
  const { packed, budget, tookMs } = from
  const how = tookMs === null ? 'as an earlier run packed them' : `packed in ${(tookMs / 1000).toFixed(1)} s`
  return [
    `${read.rows} rows (${showBytes(packed.bytes)}) are read from the disk as they are needed, ${how}: ` +
      `they are more than the ${showBytes(budget)} that data.memory lets them take`,
  ]
}

function missingOf(spec: TableSpec): MissingRules {
  return missingRules(spec.missing)
}

/** A value that takes the place of what is missing is a category too. */
function categoriesOf(
  { featureNames, texts, missing }: ReadRows,
  { ruleOf }: MissingRules,
  textColumns: readonly string[],
): Categories {
  const encoded = featureNames.flatMap((name) => {
    const found = texts.get(name)
    if (found === undefined || textColumns.includes(name)) return []
    const rule = ruleOf(name)
    const filler = missing.has(name) && typeof rule === 'object' && rule.by === 'value' ? [String(rule.value)] : []
    return [[name, findCategories(found, filler)] as const]
  })
  return new Map(encoded)
}

/** Texts are numbered through, over columns and files. @param known is added to */
function numbersOfTexts(columns: readonly string[], { texts }: ReadRows, known: Map<string, number>): TextNumbers {
  return new Map(
    columns.map((name) => {
      const numbers = [...(texts.get(name)?.keys() ?? [])].map((text) => {
        const number = known.get(text) ?? known.size
        known.set(text, number)
        return number
      })
      return [name, numbers] as const
    }),
  )
}

function textFeatures(
  columns: readonly string[],
  featureNames: readonly string[],
  categories: Categories,
): ReadonlySet<number> {
  let at = 0
  const features = featureNames.flatMap((name) => {
    const own = columns.includes(name) ? [at] : []
    at += categories.get(name)?.length ?? 1
    return own
  })
  return new Set(features)
}

function filledColumns(spec: TableSpec, opened: readonly OpenTable[], categories: Categories): FilledColumn[] {
  const { ruleOf } = missingOf(spec)
  let from = 0
  return (opened[0]?.read.featureNames ?? []).flatMap((name): FilledColumn[] => {
    const own = categories.get(name) ?? null
    const span = own?.length ?? 1
    const column = { name, from, span, categories: own }
    from += span
    const fill = ruleOf(name)
    const lacks = opened.some(({ read }) => read.missing.has(name))
    return lacks && typeof fill === 'object' ? [{ ...column, fill }] : []
  })
}

function missingNotice({ read: { missing, dropped }, where }: OpenTable): string[] {
  const columns = [...missing].map(([name, count]) => `${name} ${count}`)
  return [
    ...(columns.length > 0 ? [`Cells that hold nothing: ${columns.join(', ')}${where}`] : []),
    ...(dropped > 0 ? [`Rows left out, as something is missing in them: ${dropped}${where}`] : []),
  ]
}

const CATEGORIES_SHOWN = 12

function categoryNotice({ read: { featureNames } }: OpenTable, categories: Categories): string[] {
  return featureNames.flatMap((name) => {
    const own = categories.get(name)
    if (own === undefined) return []
    const shown = own.slice(0, CATEGORIES_SHOWN).join(', ')
    return [`Column ${name} has ${own.length} categories: ${shown}${own.length > CATEGORIES_SHOWN ? ', ...' : ''}`]
  })
}

/** Index of the preprocessing step that encodes a feature; -1: none. */
function oneHotStepOf(experiment: Experiment, name: string): number {
  return experiment.preprocess.findIndex((step) => step.type === 'oneHot' && step.columns?.includes(name))
}

function requestOf(experiment: Experiment, spec: TableSpec, target: readonly string[]): TableRequest {
  const features = spec.source === 'inline' ? null : (spec.features ?? null)
  const both = features?.find((name) => target.includes(name))
  if (both !== undefined) throw dataError(`"${both}" is the target; it cannot be a feature too`, ['data', 'features'])
  const encoded = experiment.preprocess.flatMap((step) => (step.type === 'oneHot' ? (step.columns ?? []) : []))
  const classTarget = target.length === 1 && wantsClasses(experiment) ? target : []
  const texts = spec.text ?? []
  const twice = texts.find((name) => encoded.includes(name) || target.includes(name))
  if (twice !== undefined) {
    throw dataError(
      `"${twice}" is ${target.includes(twice) ? 'the target' : 'one-hot encoded'}; it cannot be text too`,
      ['data', 'text'],
    )
  }
  const { weights } = spec
  if (weights !== undefined && [...target, ...(features ?? []), ...texts, ...encoded].includes(weights)) {
    throw dataError(`"${weights}" says how much rows count; it cannot be a feature or the target too`, [
      'data',
      'weights',
    ])
  }
  const request = {
    ...{ target, weights: spec.weights, features, missing: missingOf(spec) },
    categories: new Set([...encoded, ...classTarget, ...texts]),
    freeTexts: new Set(texts),
  }
  const { by, key } = experiment.split
  return by === 'hash' ? { ...request, key: key === undefined ? null : [key].flat() } : request
}

/** @param hooks null: only what they are like is wanted, and quickly */
async function openTables(
  spec: TableSpec,
  baseDir: string,
  request: TableRequest,
  hooks: LoadHooks | null,
): Promise<{ main: OpenTable; test: OpenTable | null }> {
  if (spec.source === 'inline') return { main: inMemory(readInline(spec, request), ''), test: null }
  const open = (path: string, setting: 'file' | 'testFile', wanted: TableRequest): Promise<OpenTable> => {
    const file = dataFile(baseDir, spec.dir, path, ['data', setting])
    const delimiter = spec.source === 'csv' ? (spec.delimiter ?? null) : null
    const options = { delimiter, request: wanted }
    return openFile(FORMATS[spec.source], file, options, memoryBudget(spec.memory), hooks)
  }
  const main = await open(spec.file, 'file', request)
  if (spec.testFile === undefined) return { main, test: null }
  // The test file may have its columns in another order.
  return { main, test: await open(spec.testFile, 'testFile', { ...request, features: main.read.featureNames }) }
}

function inMemory(raw: RawTable, where: string): OpenTable {
  return { read: raw, where, zeroOne: isZeroOne(raw.labels), from: { kind: 'memory', raw } }
}

/** Whole, if its numbers fit into the budget as far as its beginning tells. */
async function openFile(
  format: TableFormat,
  file: DataFile,
  options: TableOptions,
  budget: number,
  hooks: LoadHooks | null,
): Promise<OpenTable> {
  const where = `: ${file.path}`
  const { size } = await statOf(file)
  // Numbers take four bytes, in a text two at least: no need to look.
  const fits =
    format.isText && 2 * size <= budget && options.request.categories.size === 0 && !file.path.endsWith('.gz')
  if (fits) return inMemory(await readWhole(format, file, options), where)
  const sample = await format.sample(file, options)
  const bytes = 4 * sample.allRows * numbersOfRow(sample, options.request)
  if (bytes <= budget) return inMemory(sample.whole ? sample : await readWhole(format, file, options), where)
  if (hooks !== null) {
    const { table, tookMs } = await packTable(format, file, options, bytes, hooks)
    return { read: table, where, zeroOne: table.zeroOne, from: { kind: 'disk', packed: table, budget, tookMs } }
  }
  const packed = await findPacked(format, file, options)
  if (packed !== null) {
    return { read: packed, where, zeroOne: packed.zeroOne, from: { kind: 'disk', packed, budget, tookMs: null } }
  }
  if (sample.whole) return inMemory(sample, where)
  const rows = Number(sample.allRows.toPrecision(2))
  return { read: sample, where, zeroOne: isZeroOne(sample.labels), from: { kind: 'sample', rows } }
}

/** In memory, where categories are spread out. */
function numbersOfRow({ featureNames, texts }: ReadRows, { target, freeTexts }: TableRequest): number {
  const widthOf = (name: string): number => (freeTexts?.has(name) ? 1 : (texts.get(name)?.size ?? 1))
  return featureNames.reduce((sum, name) => sum + widthOf(name), target.length)
}

/** null: the target is values. */
function classesOf(spec: TableSpec, raw: ReadRows, target: readonly string[]): Classes | null {
  const texts = target.length === 1 ? raw.texts.get(target[0] ?? '') : undefined
  return texts === undefined ? null : findClasses(texts, spec.classes)
}

/** null: labels are values. */
function classOfCode(
  { texts }: ReadRows,
  target: readonly string[],
  classes: Classes | null,
  fail: (message: string) => MinimaError,
): number[] | null {
  const found = texts.get(target[0] ?? '')
  return classes === null || found === undefined ? null : classOfCodes(found, classes, fail)
}
