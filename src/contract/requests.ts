/**
 * Every request the engine answers: its name, what it takes and what it gives. Both sides derive their types from this
 * table. Requests cross the WebSocket; the one that answers with numbers, `scalars.read`, goes over HTTP (`scalars.ts`).
 */
import { z } from 'zod'
import { histogramSummary, hparams, runDetail, runRecord, seriesSummary } from './run.ts'
import { setupJob, tensorflowFlavor, tensorflowStatus } from './tensorflow.ts'
import { runId } from './terms.ts'

const nothing = z.strictObject({})

/** A fault of an experiment file: where (`fit.batchSize`, line 14) and what. Lines and columns count from 1. */
export const problem = z.object({
  path: z.string(),
  line: z.number().nullable(),
  column: z.number().nullable(),
  message: z.string(),
})
export type Problem = z.infer<typeof problem>

/** An experiment file as text; paths in it are relative to `baseDir`. JSON is YAML too. */
export const experimentText = z.object({
  text: z.string(),
  baseDir: z.string(),
  /** Where the text was read from, for messages and the record. */
  path: z.string().nullable().default(null),
  /** `fit.epochs` → `3`: replaced in the file before it is checked. */
  overrides: z.record(z.string(), z.unknown()).default({}),
})

export const engineInfo = z.object({
  version: z.string(),
  pid: z.number(),
  startedAt: z.number(),
  workspace: z.string(),
  node: z.string(),
  /** The rung that a new run would take, and why. */
  backend: z.object({
    name: z.string(),
    device: z.string(),
    reason: z.string(),
    /** About how many times slower than native TensorFlow it trains; null on TensorFlow itself. */
    slowdown: z.number().nullable(),
  }),
  runningTrials: z.number(),
})
export type EngineInfo = z.infer<typeof engineInfo>

export const example = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  path: z.string(),
  baseDir: z.string(),
  text: z.string(),
  /** What is missing to run it, such as data to fetch; null when it runs as it is. */
  missing: z.string().nullable(),
})
export type Example = z.infer<typeof example>

export const rung = z.object({
  name: z.string(),
  title: z.string(),
  available: z.boolean(),
  device: z.string().nullable(),
  /** Why it can or cannot be used, and what would mend it. */
  reason: z.string(),
})
export type Rung = z.infer<typeof rung>

export const requests = {
  'engine.info': { params: nothing, result: engineInfo },
  'engine.shutdown': { params: z.strictObject({ stopRuns: z.boolean() }), result: nothing },
  'engine.doctor': { params: nothing, result: z.array(rung) },
  'runs.list': { params: nothing, result: z.array(runRecord) },
  'runs.get': { params: z.strictObject({ runId }), result: runDetail },
  'runs.start': {
    params: experimentText.extend({
      name: z.string().nullable().default(null),
      commandLine: z.string().optional(),
      /** `path` is a module that exports the experiment; it is run, and `text` is not looked at. */
      script: z.boolean().default(false),
    }),
    result: runRecord,
  },
  'runs.stop': { params: z.strictObject({ runId }), result: nothing },
  'series.list': { params: z.strictObject({ runId }), result: z.array(seriesSummary) },
  'histograms.list': { params: z.strictObject({ runId }), result: z.array(histogramSummary) },
  'experiments.examples': { params: nothing, result: z.array(example) },
  'experiments.check': {
    params: experimentText,
    result: z.object({ problems: z.array(problem), hparams: hparams.nullable() }),
  },
  'tensorflow.status': {
    /** As for `tensorflow.setup`: plans are told for these. */
    params: z.strictObject({ python: z.string().nullable().default(null), wheel: z.string().nullable().default(null) }),
    result: tensorflowStatus,
  },
  /** Starts a setup, or tells of the one that is going on; `tensorflowSetup` events say how it goes. */
  'tensorflow.setup': {
    params: z.strictObject({
      flavor: tensorflowFlavor,
      /** A Python to take TensorFlow or pip from; null: the one found. */
      python: z.string().nullable().default(null),
      /** A wheel that is on this disk already. */
      wheel: z.string().nullable().default(null),
    }),
    result: setupJob,
  },
  'tensorflow.cancel': { params: nothing, result: nothing },
  'tensorflow.remove': { params: nothing, result: tensorflowStatus },
  /** What the page remembers, per workspace: any JSON by key; null when never written. */
  'settings.read': { params: z.strictObject({ key: z.string() }), result: z.unknown() },
  'settings.write': { params: z.strictObject({ key: z.string(), value: z.unknown() }), result: nothing },
} as const

export type Requests = typeof requests
export type RequestName = keyof Requests
export type RequestParams<N extends RequestName> = z.input<Requests[N]['params']>
export type RequestArgs<N extends RequestName> = z.output<Requests[N]['params']>
export type RequestResult<N extends RequestName> = z.output<Requests[N]['result']>
