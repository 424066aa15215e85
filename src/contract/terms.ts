/**
 * The words of Minima, one meaning each, and the types that carry them.
 *
 * A **workspace** is a folder that holds everything Minima knows. In it are **runs**: a run is one execution of a
 * training, with a start time, a state and its own series. An **experiment** names a group of runs; an **experiment
 * file** describes data and model of one. A **tag** names a series within a run (`train/loss`). A **step** is a
 * non-negative integer: for Minima's own training the number of optimizer steps taken, so the first batch has step 1.
 * A **wall time** is in seconds since the Unix epoch, a finite float. A **scalar** is a number at (run, tag, step); it
 * may be NaN or infinite. A **series** is all scalars of a (run, tag) in the order in which they were logged; its steps
 * may go back once (a restart), which opens a new **segment** and supersedes the points it repeats. A **histogram** is a
 * list of buckets at (run, tag, step). A **hparam** is a named setting of a run; a **metric** is a number judged at the
 * end. An **epoch** is a pass over the training rows, a **batch** a slice of them; neither is ever called a step.
 * To **downsample** is to draw fewer points, to **smooth** is to change values. An **envelope** is a downsampled series
 * that keeps, for each pixel column, the exact minimum and maximum.
 */
import { z } from 'zod'

export const runId = z.string().min(1).brand('RunId')
export type RunId = z.infer<typeof runId>

/** queued → running → finished | stopped (asked to) | failed (an error it could name) | crashed (its process died). */
export const runState = z.enum(['queued', 'running', 'finished', 'stopped', 'failed', 'crashed'])
export type RunState = z.infer<typeof runState>

export function isLive(state: RunState): boolean {
  return state === 'queued' || state === 'running'
}

export const direction = z.enum(['min', 'max'])
export type Direction = z.infer<typeof direction>

const MAXIMISED = /accuracy|auc|precision|recall|f1|r2|iou/i

/** Whether more or less of a metric is better, told by its tag. */
export function directionOf(tag: string): Direction {
  return MAXIMISED.test(tag) ? 'max' : 'min'
}
