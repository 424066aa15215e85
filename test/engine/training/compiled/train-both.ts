/** A training compiled and op by op, side by side, on rows that are made up. */
import { tmpdir } from 'node:os'
import { experiment as experimentSchema, type ExperimentInput } from '../../../../src/contract/experiment/experiment.ts'
import type { Runtime } from '../../../../src/main/engine/training/backends/backend.ts'
import { prepareTraining, type PreparedTraining } from '../../../../src/main/engine/training/prepare-training.ts'
import type { StartMessage } from '../../../../src/main/engine/training/trainer-protocol.ts'

const ROWS = 50
const FEATURES = 72
export const BATCH_SIZE = 8

const COLUMNS = [...Array.from({ length: FEATURES }, (_, index) => `x${index}`), 'y']

/** Rows of 72 waves and a label of `classes`. */
export function waves(classes: number): ExperimentInput['data'] {
  const rows = Array.from({ length: ROWS }, (_, row) => [
    ...Array.from({ length: FEATURES }, (_, column) => Math.sin(row * 7.3 + column * 1.7)),
    row % classes,
  ])
  return { source: 'inline', columns: COLUMNS, target: 'y', rows }
}

/** Rows of 6 whole numbers below 9 and a label of 3 classes. */
export function words(): ExperimentInput['data'] {
  const rows = Array.from({ length: ROWS }, (_, row) => [
    ...Array.from({ length: 6 }, (_, column) => (row * 3 + column) % 9),
    row % 3,
  ])
  return { source: 'inline', columns: ['a', 'b', 'c', 'd', 'e', 'f', 'y'], target: 'y', rows }
}

export interface Given extends Pick<ExperimentInput, 'model' | 'preprocess'> {
  readonly data?: ExperimentInput['data']
  readonly fit?: Partial<ExperimentInput['fit']>
}

export interface Prepared extends PreparedTraining {
  readonly job: StartMessage
}

export async function prepare(given: Given, runtime: Runtime, compile: boolean): Promise<Prepared> {
  const experiment = experimentSchema.parse({
    data: given.data ?? waves(3),
    split: { validation: 7 },
    preprocess: given.preprocess ?? [],
    model: given.model,
    fit: {
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
      batchSize: BATCH_SIZE,
      optimizer: 'sgd',
      ...given.fit,
    },
  })
  const job: StartMessage = { type: 'start', experiment, baseDir: tmpdir(), weightsDir: tmpdir() }
  return { job, ...(await prepareTraining(job, runtime, { compile })) }
}

export interface Told {
  readonly how: string
  /** Losses and sums of metrics, of all steps and of the validation. */
  readonly numbers: number[]
  readonly gradients: number[]
  readonly weights: number[]
}

/** Two epochs in two orders, the last batch of each short and with its gradients, and a validation. */
export async function train(given: Given, runtime: Runtime, compile: boolean): Promise<Told> {
  const training = await prepare(given, runtime, compile)
  const { data, parts, steps } = training
  const rows = data.train.rows
  const whole = Math.floor(rows / BATCH_SIZE) * BATCH_SIZE
  const perCall = Math.min(steps.batchesPerCall * BATCH_SIZE, whole)
  const numbers: number[] = []
  const take = (rowNumbers: Int32Array, keepGradients: boolean): void => {
    const { losses, sums } = steps.train(rowNumbers, keepGradients)
    numbers.push(...Array.from(losses), ...sums.flatMap((sum) => Array.from(sum)))
  }
  for (const epoch of [0, 1]) {
    const order = Int32Array.from({ length: rows }, (_, index) => (index * 11 + epoch) % rows)
    for (let from = 0; from < whole; from += perCall) take(order.subarray(from, Math.min(from + perCall, whole)), false)
    take(order.subarray(whole), true)
  }
  const { losses, sums } = steps.evaluate(
    'validation',
    Int32Array.from({ length: 7 }, (_, row) => row),
  )
  numbers.push(...Array.from(losses), ...sums.flatMap((sum) => Array.from(sum)))
  const gradients = [...steps.readGradients().values()].flatMap((values) => [...values])
  steps.pull()
  const weights = parts.model.getWeights().flatMap((weight) => [...weight.dataSync()])
  const { how } = steps
  steps.close()
  parts.optimizer.dispose()
  parts.model.dispose()
  // A call tells all losses, then all sums: sorted, how many calls there were does not matter.
  return { how, numbers: numbers.sort((a, b) => a - b), gradients, weights }
}

/** The greatest difference, relative to numbers above `floor`. */
export function distance(left: readonly number[], right: readonly number[], floor = 1e-3): number {
  if (left.length !== right.length) return Infinity
  const apart = left.map((value, index) => Math.abs(value - (right[index] ?? NaN)) / Math.max(floor, Math.abs(value)))
  return Math.max(0, ...apart)
}

export function greatest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs))
}
