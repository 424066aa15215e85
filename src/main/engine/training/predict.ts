/** What a trained model makes of rows: its outputs row by row, and loss and metrics over a whole part of the data. */
import { join } from 'node:path'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Predictions } from '../../../contract/predictions.ts'
import { gatherLabels } from '../data/batches.ts'
import type { Dataset, Split, Target } from '../data/dataset.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { dataError } from '../data/data-error.ts'
import { rowRange } from '../data/random.ts'
import { resolveGraph } from '../models/model-graph.ts'
import { resolveOutputs } from '../models/model-outputs.ts'
import { loadBackend } from './backends/ladder.ts'
import type { Runtime } from './backends/backend.ts'
import { evaluate } from './evaluate.ts'
import { prepareTraining } from './prepare-training.ts'
import { loadWeights } from './weights.ts'

export interface PredictJob {
  readonly type: 'predict'
  readonly experiment: Experiment
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
  const { experiment, baseDir, weightsDir } = job
  const loaded = await loadDataset(experiment, baseDir)
  const { runtime } = await loadBackend(experiment.backend)
  return predictWith(runtime, job, loaded, join(weightsDir, 'final'), baseDir)
}

async function predictWith(
  runtime: Runtime,
  { experiment, part, rows: wanted }: PredictJob,
  loaded: Dataset,
  modelDir: string,
  baseDir: string,
): Promise<Predictions> {
  const split = loaded[part]
  if (split === null) throw dataError(`this run had no rows for ${part}`, ['split'])
  // Parts that can be evaluated are those that are no training rows; whichever it is takes the place of the test's.
  const data = { ...loaded, test: split }
  const job = { type: 'start', experiment, baseDir, weightsDir: modelDir } as const
  const training = await prepareTraining(job, runtime, { data, compile: false, initialWeights: false })
  const { steps, parts } = training
  await loadWeights(runtime.tf, parts.model, modelDir)
  const { loss, metrics } = await evaluate(steps, 'test', split.rows, training.metrics('evaluation'), () =>
    Promise.resolve(),
  )
  const told = Math.min(wanted, split.rows)
  const widths = parts.model.outputs.map(({ shape }) =>
    shape.slice(1).reduce<number>((size, of) => size * (of ?? 1), 1),
  )
  const width = widths.reduce((sum, one) => sum + one, 0)
  const values = new Float32Array(told * width)
  const batch = steps.evaluationRows('test')
  for (let from = 0; from < told; from += batch) {
    const numbers = rowRange(told).subarray(from, from + batch)
    values.set(steps.predict('test', numbers), from * width)
  }
  const { graph } = resolveGraph(experiment.model, data.shape)
  const outputs = resolveOutputs(experiment, graph, data.shape.target).outputs
  let column = 0
  return {
    part,
    rows: split.rows,
    metrics: { loss, ...Object.fromEntries(metrics) },
    outputs: outputs.map(({ name, target }, index) => {
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
