/** Runs as they cross a process: the row of a list, and the whole of one. */
import { z } from 'zod'
import { errorRecord } from './errors.ts'
import { direction, runId, runState } from './terms.ts'

export const hparams = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
export type Hparams = z.infer<typeof hparams>

/** Where a live run stands. Times in seconds, `msPerStep` in milliseconds (mean of the last second). */
export const progress = z.object({
  phase: z.enum(['preparing', 'training', 'evaluating', 'saving']),
  epoch: z.number(),
  epochs: z.number(),
  step: z.number(),
  stepsPerEpoch: z.number(),
  msPerStep: z.number().nullable(),
  etaSecs: z.number().nullable(),
})
export type Progress = z.infer<typeof progress>

export const bestMetric = z.object({
  tag: z.string(),
  direction,
  value: z.number(),
  step: z.number(),
})
export type BestMetric = z.infer<typeof bestMetric>

export const runRecord = z.object({
  runId,
  name: z.string(),
  experiment: z.string().nullable(),
  state: runState,
  /** Seconds since the Unix epoch. */
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  hparams,
  /** The headline: best value of the metric the run is judged by. */
  best: bestMetric.nullable(),
  progress: progress.nullable(),
  /** Steps in an epoch, which maps steps to epochs; null when not known. */
  stepsPerEpoch: z.number().nullable(),
  /** The rung it trains or trained on, such as `wasm`. */
  backend: z.string().nullable(),
  error: errorRecord.nullable(),
})
export type RunRecord = z.infer<typeof runRecord>

/** A row of the model table, as Keras's `summary()` has it; `outputShape` without the batch dimension. */
export const layerSummary = z.object({
  name: z.string(),
  type: z.string(),
  outputShape: z.array(z.number()),
  params: z.number(),
  trainableParams: z.number(),
  /** Names of what it takes, in a graph that is no chain. */
  connectedTo: z.array(z.string()).optional(),
})
export type LayerSummary = z.infer<typeof layerSummary>

export const modelSummary = z.object({
  inputShape: z.array(z.number()),
  layers: z.array(layerSummary),
  params: z.number(),
  trainableParams: z.number(),
})
export type ModelSummary = z.infer<typeof modelSummary>

/** What a run was made with, captured when it starts, so that it can be repeated. */
export const environment = z.object({
  minima: z.string(),
  node: z.string(),
  tfjs: z.string().nullable(),
  backend: z.string().nullable(),
  /** Why this backend and not a better one. */
  backendReason: z.string().nullable(),
  device: z.string().nullable(),
  os: z.string(),
  cpu: z.string(),
  cpuCores: z.number(),
  memoryBytes: z.number(),
  gpu: z.string().nullable(),
  commandLine: z.string(),
  workingDir: z.string(),
  seed: z.number().nullable(),
  git: z.object({ commit: z.string(), branch: z.string().nullable(), dirty: z.boolean(), diff: z.string() }).nullable(),
})
export type Environment = z.infer<typeof environment>

export const runDetail = runRecord.extend({
  /** The experiment file as it was given; null for runs that had none. */
  sourceText: z.string().nullable(),
  sourcePath: z.string().nullable(),
  /** The experiment with all defaults filled in. */
  config: z.unknown(),
  environment: environment.nullable(),
  model: modelSummary.nullable(),
  /** Rows per split. */
  rows: z.object({ train: z.number(), validation: z.number(), test: z.number() }).nullable(),
  /** Final figures by tag, `test/accuracy` among them. */
  metrics: z.record(z.string(), z.number()),
  /** One line each: things a person should know, such as why a slower backend was taken. */
  notices: z.array(z.string()),
  /** Folder of saved weights; null while there are none. */
  weightsDir: z.string().nullable(),
})
export type RunDetail = z.infer<typeof runDetail>

const point = z.object({ step: z.number(), wallTime: z.number(), value: z.number().nullable() })

/**
 * Exact aggregates of a series. `value` is null where the float was NaN or infinite (JSON has neither); `sum`, `min`
 * and `max` are over the finite values. Superseded points do not count.
 */
export const seriesSummary = z.object({
  tag: z.string(),
  count: z.number(),
  first: point,
  last: point,
  min: z.number().nullable(),
  max: z.number().nullable(),
  sum: z.number(),
  nanCount: z.number(),
  best: z.object({ direction, step: z.number(), value: z.number() }).nullable(),
})
export type SeriesSummary = z.infer<typeof seriesSummary>

export const histogramSummary = z.object({
  tag: z.string(),
  count: z.number(),
  firstStep: z.number(),
  lastStep: z.number(),
})
export type HistogramSummary = z.infer<typeof histogramSummary>
