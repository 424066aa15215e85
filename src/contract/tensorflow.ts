/** Native TensorFlow on this machine: what is set up, what could be, and a setup while it goes on. */
import { z } from 'zod'
import { errorRecord } from './errors.ts'

/** `cpu`: pip's `tensorflow-cpu`; `cuda`: pip's `tensorflow` with NVIDIA's libraries; `stock`: tfjs-node's own old build. */
export const tensorflowFlavor = z.enum(['cpu', 'cuda', 'stock'])
export type TensorflowFlavor = z.infer<typeof tensorflowFlavor>

export const setupStage = z.enum(['finding', 'downloading', 'unpacking', 'building', 'checking', 'switching'])
export type SetupStage = z.infer<typeof setupStage>

export const setupJob = z.object({
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  flavor: tensorflowFlavor,
  stage: setupStage,
  /** Of the whole setup, 0 to 1; null while it cannot be told. */
  share: z.number().nullable(),
  /** Of the present stage; null where bytes do not measure it. */
  doneBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  /** One line: what is going on, or how it ended. */
  message: z.string(),
  error: errorRecord.nullable(),
})
export type SetupJob = z.infer<typeof setupJob>

/** What a setup of one flavor would do here, said before it is asked for. */
export const setupPlan = z.object({
  flavor: tensorflowFlavor,
  title: z.string(),
  /** Where TensorFlow would come from, such as `the TensorFlow 2.21.0 in /usr/bin/python3` or `a download by pip`. */
  source: z.string(),
  downloadBytes: z.number(),
  diskBytes: z.number(),
  secs: z.number(),
  dir: z.string(),
  /** Why it cannot be done here and what would mend that; null when it can. */
  obstacle: z.string().nullable(),
})
export type SetupPlan = z.infer<typeof setupPlan>

export const tensorflowInstalled = z.object({
  flavor: tensorflowFlavor,
  version: z.string(),
  source: z.string(),
  dir: z.string(),
  /** What the setup itself holds on the disk; a TensorFlow that stayed in a Python is not counted. */
  bytes: z.number(),
  /** What the check found, such as `CPU` or `no CUDA device: …`. */
  device: z.string(),
})
export type TensorflowInstalled = z.infer<typeof tensorflowInstalled>

export const tensorflowStatus = z.object({
  installed: tensorflowInstalled.nullable(),
  plans: z.array(setupPlan),
  /** The setup going on in this engine, or how its last one ended. */
  job: setupJob.nullable(),
})
export type TensorflowStatus = z.infer<typeof tensorflowStatus>
