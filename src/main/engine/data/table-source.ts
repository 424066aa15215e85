/** Features and labels from tables with named columns: CSV files and rows written in the experiment. */
import type { DataSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { MinimaError } from '../../../contract/errors.ts'
import { classOfCodes, findClasses, recode } from './classes.ts'
import type { Classes } from './classes.ts'
import { readCsv } from './csv.ts'
import { dataError } from './data-error.ts'
import { dataFile } from './data-file.ts'
import type { Table, Target } from './dataset.ts'
import { readInline } from './inline.ts'
import type { Categories } from './one-hot.ts'
import { expandedNames, expandFeatures, findCategories } from './one-hot.ts'
import type { Source } from './source.ts'
import { encodesTarget, isZeroOne, wantsClasses } from './source.ts'
import type { RawTable, TableRequest } from './table-reader.ts'

type TableSpec = Exclude<DataSpec, { source: 'idx' }>

/** @throws MinimaError `data-invalid` */
export async function readTableSource(experiment: Experiment, spec: TableSpec, baseDir: string): Promise<Source> {
  const targetNames = typeof spec.target === 'string' ? [spec.target] : spec.target
  const request = requestOf(experiment, spec, targetNames)
  const { main, test } = await readTables(spec, baseDir, request)
  const labelSetting = ['data', spec.classes === undefined ? 'target' : 'classes']
  const classes = classesOf(spec, main.raw, targetNames)
  const categories = categoriesOf(main.raw)
  const tables = [main, ...(test ? [test] : [])].map(({ raw, where }): Table => {
    // Only a test file can hold categories that are not known yet.
    const features = expandFeatures(raw, categories, (message) => dataError(`${message}${where}`, ['data', 'testFile']))
    const labels = labelsOf(raw, targetNames, classes, (message) => dataError(`${message}${where}`, labelSetting))
    return { rows: raw.rows, featureWidth: features.length / raw.rows, features, labels }
  })
  const [mainTable, testTable = null] = tables
  if (mainTable === undefined) throw dataError('there are no rows', ['data'])
  const target: Target = classes
    ? { kind: 'classes', classes: classes.names, count: classes.count, oneHot: encodesTarget(experiment) }
    : { kind: 'values', names: targetNames, zeroOne: tables.every((table) => isZeroOne(table.labels)) }
  return {
    featureShape: [mainTable.featureWidth],
    featureNames: expandedNames(main.raw.featureNames, categories),
    madeBy: main.raw.featureNames.flatMap((name) =>
      Array<number>(categories.get(name)?.length ?? 1).fill(oneHotStepOf(experiment, name)),
    ),
    target,
    rows: mainTable.rows,
    testFileRows: testTable?.rows ?? null,
    main: mainTable,
    test: testTable,
  }
}

function categoriesOf({ featureNames, texts }: RawTable): Categories {
  const encoded = featureNames.flatMap((name) => {
    const found = texts.get(name)
    return found ? [[name, findCategories(found)] as const] : []
  })
  return new Map(encoded)
}

/** Index of the preprocessing step that encodes a feature; -1: none. */
function oneHotStepOf(experiment: Experiment, name: string): number {
  return experiment.preprocess.findIndex((step) => step.type === 'oneHot' && step.columns?.includes(name))
}

function requestOf(experiment: Experiment, spec: TableSpec, target: readonly string[]): TableRequest {
  const features = spec.source === 'csv' ? (spec.features ?? null) : null
  const both = features?.find((name) => target.includes(name))
  if (both !== undefined) throw dataError(`"${both}" is the target; it cannot be a feature too`, ['data', 'features'])
  const encoded = experiment.preprocess.flatMap((step) => (step.type === 'oneHot' ? (step.columns ?? []) : []))
  const classTarget = target.length === 1 && wantsClasses(experiment) ? target : []
  return { target, features, categories: new Set([...encoded, ...classTarget]) }
}

interface ReadTable {
  readonly raw: RawTable
  /** Ends messages: the path, if it has one. */
  readonly where: string
}

async function readTables(
  spec: TableSpec,
  baseDir: string,
  request: TableRequest,
): Promise<{ main: ReadTable; test: ReadTable | null }> {
  if (spec.source === 'inline') return { main: { raw: readInline(spec, request), where: '' }, test: null }
  const read = async (path: string, setting: 'file' | 'testFile', wanted: TableRequest): Promise<ReadTable> => {
    const file = dataFile(baseDir, spec.dir, path, ['data', setting])
    return { raw: await readCsv(file, { delimiter: spec.delimiter ?? null, request: wanted }), where: `: ${file.path}` }
  }
  const main = await read(spec.file, 'file', request)
  if (spec.testFile === undefined) return { main, test: null }
  // The test file may have its columns in another order.
  return { main, test: await read(spec.testFile, 'testFile', { ...request, features: main.raw.featureNames }) }
}

/** null: the target is values. */
function classesOf(spec: TableSpec, raw: RawTable, target: readonly string[]): Classes | null {
  const texts = target.length === 1 ? raw.texts.get(target[0] ?? '') : undefined
  return texts === undefined ? null : findClasses(texts, spec.classes)
}

/** Class numbers in place of codes; values as they are. */
function labelsOf(
  raw: RawTable,
  target: readonly string[],
  classes: Classes | null,
  fail: (message: string) => MinimaError,
): Float32Array {
  const texts = raw.texts.get(target[0] ?? '')
  if (classes !== null && texts !== undefined) recode(raw.labels, 0, 1, classOfCodes(texts, classes, fail))
  return raw.labels
}
