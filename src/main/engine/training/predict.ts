/** What a trained model makes of rows: its outputs row by row, and loss and metrics over a whole part of the data. */
import { join } from 'node:path'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Predictions } from '../../../contract/predictions.ts'
import { gatherLabels } from '../data/batches.ts'
import type { Dataset, Split, Target } from '../data/dataset.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { dataError } from '../data/data-error.ts'
import { rowRange } from '../data/random.ts'
import type { ScriptCode } from '../scripts/load-script.ts'
import { loadBackend } from './backends/ladder.ts'
import type { Runtime } from './backends/backend.ts'
import { createCallbackList } from './callbacks/callback-list.ts'
import { evaluate } from './evaluate.ts'
import { SILENT_LOG } from './log-sender.ts'
import { prepareTraining } from './prepare-training.ts'
import { scriptParts, type ScriptParts } from './script-parts.ts'
import { createTrainingControl } from './training-control.ts'
import { loadWeights } from './weights.ts'

export interface PredictJob {
  readonly type: 'predict'
  readonly experiment: Experiment
  /** Where its model, or callbacks, come from one. */
  readonly script?: ScriptCode
  /** What paths in the experiment are relative to. */
  readonly baseDir: string
  /** Where the run saved its weights. */
  readonly weightsDir: string
  readonly part: 'train' | 'validation' | 'test'
  /** Rows of which outputs are told, from the first; loss and metrics are of all. */
  readonly rows: number
}

/**
 * The data is split and prepared as it was for training.
 * @throws MinimaError `data-invalid` when there are no such rows, `not-found` when there are no weights
 */
export async function predict(job: PredictJob): Promise<Predictions> {
  const { experiment, baseDir } = job
  const loaded = await loadDataset(experiment, baseDir)
  const { runtime } = await loadBackend(experiment.backend)
  const script = await scriptParts(job.script, experiment, runtime.tf)
  try {
    return await predictWith(runtime, job, loaded, script)
  } catch (error) {
    throw script.fault(error)
  }
}

async function predictWith(
  runtime: Runtime,
  { experiment, baseDir, weightsDir, part, rows: wanted }: PredictJob,
  loaded: Dataset,
  script: ScriptParts,
): Promise<Predictions> {
  const split = loaded[part]
  if (split === null) throw dataError(`this run had no rows for ${part}`, ['split'])
  // Parts that can be evaluated are those that are no training rows; whichever it is takes the place of the test's.
  const data = { ...loaded, test: split }
  const modelDir = join(weightsDir, 'final')
  const job = { type: 'start', experiment, baseDir, weightsDir: modelDir } as const
  const training = await prepareTraining(job, runtime, {
    ...{ data, compile: false, build: script.build, initialWeights: false },
  })
  const { steps, parts } = training
  await loadWeights(runtime.tf, parts.model, modelDir)
  // A prediction is no run: what callbacks log within it goes nowhere.
  const control = createTrainingControl(experiment, training, { log: SILENT_LOG, now: () => 0, dir: modelDir })
  const callbacks = createCallbackList(script.callbacks, control, control.settle)
  const pause = (): Promise<void> => Promise.resolve()
  await callbacks.whole('onTestBegin', {})
  const batches = callbacks.testBatches()
  const { loss, metrics } = await evaluate(steps, 'test', split.rows, training.metrics('evaluation'), pause, batches)
  await callbacks.whole('onTestEnd', { loss, ...Object.fromEntries(metrics) })
  const told = Math.min(wanted, split.rows)
  const widths = parts.model.outputs.map(({ shape }) =>
    shape.slice(1).reduce<number>((size, of) => size * (of ?? 1), 1),
  )
  const width = widths.reduce((sum, one) => sum + one, 0)
  const values = new Float32Array(told * width)
  const batch = steps.evaluationRows('test')
  if (told > 0) await callbacks.whole('onPredictBegin', {})
  for (let from = 0; from < told; from += batch) {
    const numbers = rowRange(told).subarray(from, from + batch)
    await callbacks.indexed('onPredictBatchBegin', from / batch, {})
    values.set(steps.predict('test', numbers), from * width)
    await callbacks.indexed('onPredictBatchEnd', from / batch, {})
  }
  if (told > 0) await callbacks.whole('onPredictEnd', {})
  let column = 0
  return {
    part,
    rows: split.rows,
    metrics: { loss, ...Object.fromEntries(metrics) },
    outputs: training.model.outputs.map(({ name, target }, index) => {
      const from = column
      column += widths[index] ?? 0
      return {
        name,
        names: columnNames(target, widths[index] ?? 1),
        isClass: target.kind === 'classes',
        columns: [from, column],
      }
    }),
    values: Array.from({ length: told }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]),
    labels: labelsOf(split, told, data.shape.target),
  }
}

function columnNames(target: Target, width: number): string[] {
  const named = target.kind === 'values' ? target.names : (target.classes ?? [])
  return Array.from(
    { length: width },
    (_, column) => (named.length === width ? named[column] : undefined) ?? String(column),
  )
}

/** Classes by name, or the numbers of the target columns. */
function labelsOf(split: Split, rows: number, target: Target): (string | number)[][] {
  const labels = new Float32Array(rows * split.labelWidth)
  gatherLabels(split, rowRange(rows), labels)
  return Array.from({ length: rows }, (_, row) => {
    const own = labels.subarray(row * split.labelWidth, (row + 1) * split.labelWidth)
    if (target.kind === 'values') return [...own]
    const label = target.oneHot ? own.indexOf(1) : (own[0] ?? NaN)
    return [target.classes?.[label] ?? label]
  })
}
