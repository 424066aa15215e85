/**
 * What a program that logs on its own (`minima-lab`, src/library) leaves for the engine: a file of JSON lines per run,
 * `<workspace>/inbox/<runId>.jsonl`. It is only ever appended to; a line counts once its line break is there. The engine
 * that lives, or the next one, takes the lines into the store and deletes a journal that has ended.
 */
import { z } from 'zod'
import { environment, hparams } from './run.ts'

export const INBOX_DIR = 'inbox'
export const JOURNAL_ENDING = '.jsonl'
/** More is no line of ours; bytes. */
export const LINE_LIMIT = 4 * 2 ** 20

/** JSON has neither NaN nor infinities. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
const step = z.number().int().nonnegative()

/** The first line. */
export const journalHead = z.object({
  kind: z.literal('run'),
  name: z.string(),
  experiment: z.string().nullable(),
  hparams,
  /** Tag by which the run is judged; null: the first validation figure, else the first of all. */
  headline: z.string().nullable(),
  /** Seconds since the Unix epoch. */
  createdAt: z.number(),
  environment,
  /** By which an engine on the same machine sees whether the program lives. */
  process: z.object({ pid: z.number(), startedAt: z.string().nullable(), machine: z.string() }),
})
export type JournalHead = z.infer<typeof journalHead>
export type ProcessIdentity = JournalHead['process']

const scalarsLine = z
  .object({
    kind: z.literal('scalars'),
    tag: z.string().min(1),
    steps: z.array(step),
    wallTimes: z.array(z.number()),
    values: z.array(number),
  })
  .refine(({ steps, wallTimes, values }) => steps.length === values.length && wallTimes.length === values.length)

const histogramLine = z
  .object({
    kind: z.literal('histogram'),
    tag: z.string().min(1),
    step,
    wallTime: z.number(),
    edges: z.array(z.number()),
    counts: z.array(z.number()),
    nonFinite: z.number(),
  })
  .refine(({ edges, counts }) => edges.length === counts.length + 1)

const endLine = z.object({
  kind: z.literal('end'),
  state: z.enum(['finished', 'stopped', 'failed', 'crashed']),
  error: z.object({ message: z.string(), stack: z.string().nullable() }).nullable(),
  /** Seconds since the Unix epoch. */
  at: z.number(),
})

/** Any line but the first. */
export const journalLine = z.union([scalarsLine, histogramLine, endLine])
export type JournalLine = z.infer<typeof journalLine>
export type JournalEnd = z.infer<typeof endLine>
