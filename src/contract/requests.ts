/**
 * Every request the engine answers: its name, what it takes and what it gives. Both sides derive their types from this
 * table. Requests cross the WebSocket; the one that answers with numbers, `scalars.read`, goes over HTTP (`scalars.ts`).
 */
import { z } from 'zod'
import { positive, positiveInt } from './experiment/expected.ts'
import { exportedModel, exportQuery, importedModel, importQuery } from './model-files.ts'
import { predictions, predictQuery } from './predictions.ts'
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

/** What a file that parses comes to, as far as it can be told: for forms. */
export const outline = z.object({
  rows: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  /** Of one row as the model gets it. */
  featureShape: z.array(z.number()),
  /** null: the features have no names. */
  featureNames: z.array(z.string()).nullable(),
  /** What is to be told: classes, or columns of numbers. */
  target: z.string(),
  inputs: z.array(z.string()),
  /** One for each entry of `model.layers`; null beyond the first fault. */
  layers: z.array(z.object({ name: z.string(), outputShape: z.array(z.number()), params: z.number() }).nullable()),
  params: z.number().nullable(),
})
export type Outline = z.infer<typeof outline>

/** The first rows of the data of a file, as they are there. */
export const dataPreview = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('table'),
    columns: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['number', 'text']),
        /** Empty cells among the rows that were looked at. */
        missing: z.number(),
      }),
    ),
    rows: z.array(z.array(z.string())),
  }),
  z.object({
    kind: z.literal('images'),
    width: z.number(),
    height: z.number(),
    /** 3: red, green and blue of each pixel; 1: its light. */
    channels: z.union([z.literal(1), z.literal(3)]),
    /** `pixels`: base64 of height × width × channels bytes, row by row. */
    images: z.array(z.object({ label: z.string(), pixels: z.string() })),
  }),
])
export type DataPreview = z.infer<typeof dataPreview>

export const folder = z.object({
  /** Absolute. */
  dir: z.string(),
  /** Folders first, then files, each by name; hidden ones left out. */
  entries: z.array(z.object({ name: z.string(), isFolder: z.boolean(), bytes: z.number() })),
})
export type Folder = z.infer<typeof folder>

/** An experiment file as text; paths in it are relative to `baseDir`. JSON is YAML too. */
export const experimentText = z.object({
  text: z.string(),
  baseDir: z.string(),
  /** Where the text was read from, for messages and the record. */
  path: z.string().nullable().default(null),
  /** `fit.epochs` → `3`: replaced in the file before it is checked. */
  overrides: z.record(z.string(), z.unknown()).default({}),
})

/** A range of learning rates to be tried, each times a constant factor the one before. */
export const lrRange = z.strictObject({
  from: positive.default(1e-5),
  to: positive.default(10),
  iterations: positiveInt.default(500),
})
export type LrRange = z.infer<typeof lrRange>

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
  /** Loss and metrics of a part of the data, and the outputs for its first rows, by the weights that the run saved. */
  'runs.predict': { params: predictQuery, result: predictions },
  /** Writes the model that the run saved into a file of another program's format. */
  'runs.export': { params: exportQuery, result: exportedModel },
  /** What a file of another program holds, as a part of an experiment file; no code in it is run. */
  'models.import': { params: importQuery, result: importedModel },
  /** Trains on from the last checkpoint of a run, in the same run. */
  'runs.resume': {
    params: z.strictObject({
      runId,
      /** null: the experiment is the one that the run began with. */
      experiment: experimentText.nullable().default(null),
      /** Replaced in the run's own experiment; for one that is given they are in it. */
      overrides: z.record(z.string(), z.unknown()).default({}),
      /** As for `runs.predict`. */
      runScript: z.boolean().default(false),
    }),
    result: runRecord,
  },
  /** A run that tries learning rates in place of training; its notices have the suggestion. */
  'runs.findLearningRate': {
    params: experimentText.extend({
      name: z.string().nullable().default(null),
      commandLine: z.string().optional(),
      /** As for `runs.start`. */
      script: z.boolean().default(false),
      range: lrRange.default({ from: 1e-5, to: 10, iterations: 500 }),
    }),
    result: runRecord,
  },
  'runs.stop': { params: z.strictObject({ runId }), result: nothing },
  'series.list': { params: z.strictObject({ runId }), result: z.array(seriesSummary) },
  'histograms.list': { params: z.strictObject({ runId }), result: z.array(histogramSummary) },
  'experiments.examples': { params: nothing, result: z.array(example) },
  'experiments.check': {
    params: experimentText,
    result: z.object({ problems: z.array(problem), hparams: hparams.nullable(), outline: outline.nullable() }),
  },
  /** null: the file does not parse, or its data has nothing to show. */
  'experiments.preview': { params: experimentText, result: dataPreview.nullable() },
  /** The JSON Schema of an experiment file, by which forms are made. */
  'experiments.schema': { params: nothing, result: z.record(z.string(), z.unknown()) },
  /** A script as it is now, to be looked at; nothing of it is run. `~` is the home folder. */
  'scripts.read': {
    params: z.strictObject({ path: z.string() }),
    result: z.object({ path: z.string(), text: z.string() }),
  },
  /** What a folder of this machine holds, for a picker of data files; `dir` may be relative to `baseDir`, or to the home folder (`~`). */
  'files.list': { params: z.strictObject({ baseDir: z.string(), dir: z.string() }), result: folder },
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
