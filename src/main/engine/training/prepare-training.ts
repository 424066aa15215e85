/** From an experiment to everything a training loop needs: rows, model, loss, optimizer, metrics. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Metric } from '../../../contract/experiment/fit.ts'
import type { Dataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { checkExperiment } from '../experiment/check.ts'
import { formatProblem } from '../experiment/problems.ts'
import { buildModel } from '../models/build-model.ts'
import { createForward } from '../models/forward.ts'
import { createLoss } from '../models/losses.ts'
import { createMetric, type MetricAccumulator } from '../models/metrics.ts'
import { createOptimizer } from '../models/optimizers/optimizer.ts'
import { summarizeModel } from '../models/summary.ts'
import type { Runtime } from './backends/backend.ts'
import { createEagerStep, type StepParts, type TrainStep } from './eager-step.ts'
import type { PreparedMessage, StartMessage } from './trainer-protocol.ts'

export interface PreparedTraining {
  readonly data: Dataset
  readonly parts: StepParts
  readonly step: TrainStep
  /** Fresh accumulators, one per metric of the experiment. */
  readonly metrics: () => MetricAccumulator[]
  readonly stepsPerEpoch: number
  readonly headlineTag: string
}

export async function prepareTraining(
  { experiment, baseDir }: StartMessage,
  runtime: Runtime,
): Promise<PreparedTraining> {
  const { tf } = runtime
  const { fit, model: modelSpec } = experiment
  const data = await loadDataset(experiment, baseDir)
  // The engine checked against the backend it expected; this is the one that there is.
  const problems = checkExperiment(experiment, data.shape, { backend: runtime.name })
  if (problems.length > 0) {
    throw new MinimaError('experiment-invalid', problems.map(formatProblem).join('\n'), { problems })
  }
  const { featureShape } = data.shape
  const model = buildModel(tf, modelSpec, featureShape, fit.seed)
  const forward = createForward(tf, model, modelSpec.layers, fit.loss)
  const parts: StepParts = {
    tf,
    model,
    forward,
    loss: createLoss(tf, fit.loss, forward.fromLogits),
    optimizer: createOptimizer(tf, fit.optimizer, forward.trainable),
    shape: { features: featureShape, labelWidth: data.train.labelWidth },
  }
  const widths = { label: data.train.labelWidth, output: outputWidth(model.outputShape) }
  return {
    data,
    parts,
    step: createEagerStep(parts),
    metrics: () => fit.metrics.map((metric) => createMetric(metric, fit.loss, widths)),
    stepsPerEpoch: Math.ceil(data.train.rows / fit.batchSize),
    headlineTag: `${data.validation ? 'validation' : 'epoch'}/${headlineMetric(fit.metrics)}`,
  }
}

export function preparedMessage(
  { experiment }: StartMessage,
  runtime: Runtime,
  reason: string,
  training: PreparedTraining,
): PreparedMessage {
  const { data } = training
  return {
    type: 'prepared',
    backend: { name: runtime.name, device: runtime.device, reason, tfjs: runtime.tfjs },
    rows: data.shape.parts,
    model: summarizeModel(experiment.model.layers, data.shape.featureShape),
    stepsPerEpoch: training.stepsPerEpoch,
    headlineTag: training.headlineTag,
    notices: [],
  }
}

function headlineMetric(metrics: readonly Metric[]): string {
  return metrics[0] ?? 'loss'
}

function outputWidth(shape: unknown): number {
  return Array.isArray(shape) ? Number(shape.at(-1) ?? 1) : 1
}
