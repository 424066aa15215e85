/** From an experiment to everything a training loop needs: rows, model, loss, optimizer, metrics. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { gatherFeatures, gatherLabels } from '../data/batches.ts'
import { classWeights, weightsOf, type RowWeights } from '../data/class-weights.ts'
import { isOnDisk, type Dataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { rowRange, rowsFrom } from '../data/random.ts'
import { checkExperiment } from '../experiment/check.ts'
import { formatProblem } from '../experiment/problems.ts'
import { adaptLayers } from '../models/adapt.ts'
import type { Forward } from '../models/forward.ts'
import { createLoss } from '../models/losses.ts'
import { createMetric, createOutputLoss, type MetricAccumulator } from '../models/metrics/metric.ts'
import type { ModelOutput } from '../models/model-outputs.ts'
import { createOptimizer } from '../models/optimizers/optimizer.ts'
import { createStepCounter } from '../models/step-counter.ts'
import type { Build } from '../models/script/script-model.ts'
import type { Tf } from '../models/tf.ts'
import type { Runtime } from './backends/backend.ts'
import { createSteps } from './create-steps.ts'
import { createEagerSteps } from './eager-steps.ts'
import { putInitialWeights } from './initial-weights.ts'
import { bfloat16Obstacle } from './precision.ts'
import { prepareModel, type PreparedModel } from './prepare-model.ts'
import type { StepOutput, StepParts } from './step-body.ts'
import type { Steps } from './steps.ts'
import type { PreparedMessage, StartMessage } from './trainer-protocol.ts'

export interface PreparedTraining {
  readonly data: Dataset
  readonly model: PreparedModel
  readonly parts: StepParts
  readonly steps: Steps
  /** Of the training rows in the loss; null: all count alike. */
  readonly rowWeights: RowWeights | null
  /** Fresh accumulators, one for each sum that a batch tells. */
  readonly metrics: (of: 'training' | 'evaluation') => MetricAccumulator[]
  readonly stepsPerEpoch: number
  readonly headlineTag: string
  /** What a person should know of how it trains, one line each. */
  readonly notices: readonly string[]
}

export interface PrepareOptions {
  /** `false`: op by op even where steps can be compiled. */
  readonly compile?: boolean
  /** Rows that are loaded already. */
  readonly data?: Dataset
  /** How much each training row counts in the loss, in place of what the experiment says. */
  readonly rowWeights?: Float32Array | null
  /** `build(hp)` of the script, where the model comes from one. */
  readonly build?: Build | null
  /** `false`: the model does not begin with those that the experiment names. */
  readonly initialWeights?: boolean
}

export async function prepareTraining(
  job: StartMessage,
  runtime: Runtime,
  options: PrepareOptions = {},
): Promise<PreparedTraining> {
  const { experiment, baseDir } = job
  const { tf } = runtime
  const { fit } = experiment
  const data = validatedOn(options.data ?? (await loadDataset(experiment, baseDir)), fit)
  // The engine checked against the backend it expected; this is the one that there is.
  const problems = checkExperiment(experiment, data.shape, { backend: runtime.name })
  if (problems.length > 0) {
    throw new MinimaError('experiment-invalid', problems.map(formatProblem).join('\n'), { problems })
  }
  const counter = createStepCounter()
  const model = prepareModel(tf, experiment, data, counter, options.build ?? null)
  const { forward, outputs: asked } = model
  adaptLayers(tf, model.layers, () => passAll(tf, forward, data))
  // A training that goes on has its own.
  const begun = job.resume || options.initialWeights === false ? [] : await putInitialWeights(tf, model.layers, job)
  const outputWidths = model.model.outputs.map(({ shape }) => shape.at(-1) ?? 1)
  const metricsOf = (output: ModelOutput, index: number, of: 'training' | 'evaluation'): MetricAccumulator[] => {
    const widths = { label: output.labels?.length ?? data.train.labelWidth, output: outputWidths[index] ?? 1 }
    const context = { loss: output.loss, widths }
    const accumulators = [
      ...output.metrics.map((metric) => createMetric(tf, metric, context)),
      ...output.weightedMetrics.map((metric) => createMetric(tf, metric, { ...context, weighted: true })),
    ]
    if (asked.length === 1) return accumulators
    const named = (name: string): string => `${output.name}_${name}`
    return [
      createOutputLoss(tf, named('loss'), of === 'training' ? 'batches' : 'rows'),
      ...accumulators.map((metric) => ({ ...metric, names: metric.names.map(named) })),
    ]
  }
  const parts: StepParts = {
    tf,
    model: model.model,
    forward,
    outputs: asked.map((output, index): StepOutput => ({
      loss: createLoss(tf, output.loss, forward.fromLogits[index] ?? false),
      lossWeight: output.lossWeight,
      labels: output.labels,
      metrics: metricsOf(output, index, 'training'),
    })),
    optimizer: createOptimizer(tf, fit.optimizer, forward.trainable),
    counter,
    featureShape: data.shape.featureShape,
  }
  const judgedBy = asked.flatMap((output, index) => metricsOf(output, index, 'training'))[asked.length > 1 ? 1 : 0]
  const weights = options.rowWeights ?? weightsOfRows(experiment, data)
  const stepData = { parts: data, batchSize: fit.batchSize, weights }
  const obstacle = fit.precision === 'mixedBfloat16' ? bfloat16Obstacle(runtime) : null
  const bfloat16 = fit.precision === 'mixedBfloat16' && obstacle === null
  const steps =
    options.compile === false || fit.runEagerly
      ? createEagerSteps(parts, stepData, 'asked for')
      : createSteps(parts, stepData, fit.optimizer, { bfloat16 })
  return {
    data,
    model,
    parts,
    steps,
    rowWeights: weights,
    metrics: (of) => asked.flatMap((output, index) => metricsOf(output, index, of)),
    stepsPerEpoch: fit.stepsPerEpoch ?? Math.ceil(data.train.rows / fit.batchSize),
    headlineTag: `${data.validation ? 'validation' : 'epoch'}/${judgedBy?.names[0] ?? 'loss'}`,
    notices: [
      ...(data.notices ?? []),
      ...begun,
      ...(runtime.name === 'tensorflow' && steps.how !== 'compiled' ? [`Steps are ${steps.how}`] : []),
      ...(obstacle === null ? [] : [`Products stay in float32: ${obstacle}`]),
    ],
  }
}

export function preparedMessage(runtime: Runtime, reason: string, training: PreparedTraining): PreparedMessage {
  const { data, steps } = training
  return {
    type: 'prepared',
    backend: {
      name: runtime.name,
      device: steps.how.startsWith('compiled') ? `${runtime.device}, compiled` : runtime.device,
      reason,
      tfjs: runtime.tfjs,
    },
    rows: data.shape.parts,
    model: training.model.summary,
    stepsPerEpoch: training.stepsPerEpoch,
    headlineTag: training.headlineTag,
    notices: training.notices,
  }
}

/** Only the first rows of the validation, where the experiment says how many batches of it are enough. */
function validatedOn(data: Dataset, { validationSteps, batchSize }: Experiment['fit']): Dataset {
  const { validation } = data
  if (validation === null || validationSteps === null || validation.rows <= validationSteps * batchSize) return data
  const rows = validationSteps * batchSize
  if (isOnDisk(validation.table)) return { ...data, validation: { ...validation, rows } }
  const rowNumbers = (validation.rowNumbers ?? rowRange(validation.rows)).subarray(0, rows)
  return { ...data, validation: { ...validation, rows, rowNumbers } }
}

/** By class and by their own column, as Keras multiplies both; null when all rows count alike. */
function weightsOfRows({ fit }: Experiment, { train, shape }: Dataset): RowWeights | null {
  const { target } = shape
  const given = fit.classWeight !== undefined && target.kind === 'classes'
  const ofClass = given ? classWeights(fit.classWeight ?? {}, target) : null
  const { table, rowNumbers } = train
  if (isOnDisk(table)) {
    const ofRow = table.isWeighted ? (row: number): number => table.readWeight(row) : null
    return ofClass === null && ofRow === null ? null : { ofClass, ofRow }
  }
  const { weights } = table
  const ofRow = weights ? (row: number): number => weights[rowNumbers?.[row] ?? row] ?? 1 : null
  if (ofClass === null && ofRow === null) return null
  const labels = new Float32Array(train.rows * train.labelWidth)
  gatherLabels(train, rowRange(train.rows), labels)
  return weightsOf({ ofClass, ofRow }, rowRange(train.rows), labels)
}

/** Rows of a batch that layers adapt to. */
const ADAPTED_ROWS = 256

/** All training rows through the model once. */
function passAll(tf: Tf, forward: Forward, { train, shape }: Dataset): void {
  for (let from = 0; from < train.rows; from += ADAPTED_ROWS) {
    const rows = rowsFrom(from, Math.min(ADAPTED_ROWS, train.rows - from))
    const features = new Float32Array(rows.length * train.featureWidth)
    gatherFeatures(train, rows, features)
    tf.tidy(() => void forward.outputs(tf.tensor(features, [rows.length, ...shape.featureShape]), false))
  }
}
