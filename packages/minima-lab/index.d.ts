/** Log runs from your own program to Minima, and write experiments in TypeScript. */
import type { ExperimentInput } from './dist/experiment.js'
import type { ScriptExperiment } from './script.js'

export type { ExperimentInput }
export * from './script.js'

export interface RunOptions {
  /** The folder that Minima works in; default: `MINIMA_WORKSPACE`, else `~/Minima`. */
  readonly workspace?: string
  /** What the run is called; default: the name of your program's file. A name that is taken gets a number. */
  readonly name?: string
  /** Groups runs; default: the name of your program's file. */
  readonly experiment?: string
  /** Settings of the run, to compare by. */
  readonly hparams?: Readonly<Record<string, string | number | boolean | null>>
  /** The tag by which the run is judged; default: the first `val…` figure, else the first that is logged. */
  readonly headline?: string
}

export interface Run {
  readonly id: string
  /** Absolute. */
  readonly workspace: string
  /**
   * Logs a point of each series. Costs microseconds and never throws: what cannot be logged is told in a warning, once.
   *
   * @param values by tag, such as `{ loss: 0.3, 'val/accuracy': 0.9 }`; NaN and infinities are kept
   * @param step a non-negative integer; default: one more than the last, beginning at 1. A step below the last one of
   *   a series means a restart: it supersedes the points from it on.
   */
  log(values: Readonly<Record<string, number>>, step?: number): void
  /** Logs how values are spread, in 64 buckets. @param step default: the last step that was logged */
  logHistogram(tag: string, values: ArrayLike<number>, step?: number): void
  /** The run is done. Whoever does not call it has it called when the program ends well. */
  finish(): void
  /** The run failed, for this reason. */
  fail(error: unknown): void
}

/** @throws TypeError for an option that is wrong, Error when nothing can be written into the workspace. */
export declare function createRun(options?: RunOptions): Promise<Run>

/** An experiment file in TypeScript, with a model unless the script has `build(hp)`: `export default experiment({ ... })`, for `minima train my-model.ts`. */
export declare function experiment(file: ScriptExperiment): ScriptExperiment
