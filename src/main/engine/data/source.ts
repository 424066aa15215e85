/** Data as it was read: tables and what their columns mean, before rows are split and numbers are scaled. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { lossesOf } from '../../../contract/experiment/fit.ts'
import type { LossType } from '../../../contract/experiment/losses.ts'
import type { Table, Target, TextFeatures } from './dataset.ts'
import type { FilledColumn } from './fill-missing.ts'
import type { PackedRows } from './disk-rows.ts'
import type { PackingHooks } from './packed-cache.ts'
import type { RowKeys } from './row-keys.ts'

/** What can be told without reading all features. */
export interface SourceShape {
  readonly featureShape: readonly number[]
  readonly featureNames: readonly string[] | null
  /** Of each feature the preprocessing step that made it; -1: none. Empty: none of any. */
  readonly madeBy: readonly number[]
  readonly target: Target
  /** What the numbers of text columns stand for, and which features those are. */
  readonly texts?: TextFeatures
  readonly rows: number
  readonly testFileRows: number | null
  /** Of the main file, where rows are split by what they hold and were read. */
  readonly keys?: RowKeys
  /** Rows and what is found in them are told from the beginning of a large file. */
  readonly estimated?: true
}

export interface Source extends SourceShape {
  readonly main: Table | PackedRows
  readonly test: Table | PackedRows | null
  /** Columns with cells that hold nothing, which are NaN until they are filled. */
  readonly filled?: readonly FilledColumn[]
  /** What a person should know of how it is read, one line each. */
  readonly notices?: readonly string[]
}

/** What whoever loads data may want to do meanwhile. */
export type LoadHooks = PackingHooks

const CLASS_LOSSES: ReadonlySet<LossType> = new Set([
  'binaryCrossentropy',
  'binaryFocalCrossentropy',
  'categoricalCrossentropy',
  'categoricalFocalCrossentropy',
  'categoricalHinge',
  'sparseCategoricalCrossentropy',
] as const)

/** Whether labels are encoded as one-hot rows. */
export function encodesTarget(experiment: Experiment): boolean {
  return experiment.preprocess.some((step) => step.type === 'oneHot' && step.columns === undefined)
}

/** Whether labels are classes: the file names them, encodes them, or has a loss that needs them. */
export function wantsClasses(experiment: Experiment): boolean {
  const { data, fit } = experiment
  return (
    data.classes !== undefined || encodesTarget(experiment) || lossesOf(fit).some(({ type }) => CLASS_LOSSES.has(type))
  )
}

export function isZeroOne(labels: Float32Array): boolean {
  return labels.every((label) => label === 0 || label === 1)
}
