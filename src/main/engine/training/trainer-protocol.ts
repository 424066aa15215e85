/** What engine and trainer say to each other over the fork's channel (structured clone, so typed arrays travel as they are). */
import type { ErrorRecord } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { LogRecord } from '../../../contract/log-record.ts'
import type { ModelSummary, Progress } from '../../../contract/run.ts'
import type { LrRange } from '../../../contract/requests.ts'
import type { ScriptCode } from '../scripts/load-script.ts'

export interface StartMessage {
  readonly type: 'start'
  readonly experiment: Experiment
  /** What paths in the experiment are relative to. */
  readonly baseDir: string
  /** Where weights go. */
  readonly weightsDir: string
  /** The checkpoint to go on from, and its step; without it training begins. */
  readonly resume?: { readonly path: string; readonly step: number }
  /** Code of a person's own that makes the model, or accompanies or does the training. */
  readonly script?: ScriptCode
  /** Where the run lies whose weights the model begins with, if the experiment names one. */
  readonly initialRunDir?: string
  /** In place of a training: try rates from one to the other. */
  readonly lrRange?: LrRange
}

export interface StopMessage {
  readonly type: 'stop'
}

export type ToTrainer = StartMessage | StopMessage

/** Known once data and model are there, before the first step. */
export interface PreparedMessage {
  readonly type: 'prepared'
  readonly backend: { readonly name: string; readonly device: string; readonly reason: string; readonly tfjs: string }
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number }
  readonly model: ModelSummary
  readonly stepsPerEpoch: number
  /** The tag by which runs of this kind are judged. */
  readonly headlineTag: string
  readonly notices: readonly string[]
}

export interface LogsMessage {
  readonly type: 'logs'
  readonly records: readonly LogRecord[]
}

export interface ProgressMessage {
  readonly type: 'progress'
  readonly progress: Progress
}

/** A checkpoint is written that holds all that was logged so far: to be committed once that is stored. */
export interface CheckpointMessage {
  readonly type: 'checkpoint'
  readonly draft: string
}

/** The last message of a trainer. */
export interface EndedMessage {
  readonly type: 'ended'
  readonly state: 'finished' | 'stopped' | 'failed'
  readonly metrics: Readonly<Record<string, number>>
  readonly error: ErrorRecord | null
  readonly notices: readonly string[]
  readonly weightsSaved: boolean
}

export type FromTrainer = PreparedMessage | LogsMessage | ProgressMessage | CheckpointMessage | EndedMessage
