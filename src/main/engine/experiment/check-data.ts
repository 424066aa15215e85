/** Checks preprocessing, split and batch size against the data. */
import type { DataSpec, SplitSpec } from '../../../contract/experiment/data.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { DataShape } from '../data/dataset.ts'
import type { Report } from './problems.ts'

/** Sources without columns. */
const WITHOUT_COLUMNS: ReadonlySet<DataSpec['source']> = new Set(['idx', 'npy', 'npz', 'images', 'sprite'] as const)

export function checkData(experiment: Experiment, data: DataShape, report: Report): void {
  checkPreprocess(experiment, data, report)
  checkSplit(experiment, data, report)
  const { train } = data.parts
  if (train > 0 && experiment.fit.batchSize > train) {
    report(['fit', 'batchSize'], `a batch of ${experiment.fit.batchSize} is more than the ${train} rows to train on`)
  }
}

function checkPreprocess({ preprocess }: Experiment, { target }: DataShape, report: Report): void {
  const encoded = new Set<string | null>()
  for (const [index, step] of preprocess.entries()) {
    if (step.type !== 'oneHot') continue
    for (const column of step.columns ?? [null]) {
      if (encoded.has(column)) {
        report(
          ['preprocess', index],
          `${column === null ? 'the target' : `column "${column}"`} is one-hot encoded already`,
        )
      }
      encoded.add(column)
    }
    if (step.columns === undefined && target.kind === 'values') {
      report(['preprocess', index], `a target of several columns (${target.names.join(', ')}) has no classes to encode`)
    }
  }
}

function checkSplit({ data: { source }, split }: Experiment, data: DataShape, report: Report): void {
  const { rows, testFileRows, parts } = data
  if (testFileRows !== null && (split.test > 0 || split.rows?.test !== undefined)) {
    const setting =
      source === 'images' ? 'data.testFolder' : WITHOUT_COLUMNS.has(source) ? 'data.test' : 'data.testFile'
    report(['split', split.rows ? 'rows' : 'test'], `test rows come from ${setting} already; give one of the two`)
  }
  if (split.rows && (split.validation > 0 || split.test > 0)) {
    report(['split', 'rows'], 'row numbers take the place of the shares validation and test; give one of the two')
  }
  checkHash(split, source, report)
  if (split.stratify && data.target.kind !== 'classes') {
    report(['split', 'stratify'], 'the target has no classes to stratify by; use shuffle instead')
  }
  if (parts.train < 1) {
    const taken = rows - parts.train
    report(['split'], `validation and test take ${taken} of ${rows} rows and leave none to train on`)
  }
}

function checkHash(split: SplitSpec, source: DataSpec['source'], report: Report): void {
  if (split.by !== 'hash') {
    if (split.key !== undefined) report(['split', 'key'], 'a key decides by hash only; add by: hash, or leave it out')
    return
  }
  for (const name of ['shuffle', 'stratify'] as const) {
    if (split[name]) report(['split', name], `what a row holds decides its part already; leave ${name} out`)
  }
  if (split.rows) report(['split', 'rows'], 'row numbers take the place of by: hash; give one of the two')
  for (const name of ['validation', 'test'] as const) {
    if (split[name] >= 1) report(['split', name], 'by hash a part is a fraction of the rows, not a number of them')
  }
  if (split.key !== undefined && WITHOUT_COLUMNS.has(source)) {
    report(['split', 'key'], 'this data has no columns; without a key the whole row decides')
  }
}
