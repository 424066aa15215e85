/** What every contender tells of a training, and what the bench makes of it: its speed, and whether it did the same work. */

export interface FitOptions {
  readonly epochs: number
  readonly shuffle: boolean
  /** Whether losses are wanted within the epochs; costs time, so not where time is measured. */
  readonly trace: boolean
}

/** The mean loss of the rows of all steps after the entry before, up to and with `step` (counted from 1). */
export interface LossEntry {
  readonly step: number
  readonly loss: number
}

export interface Fitted {
  /** When each epoch was over, in milliseconds of any one clock. */
  readonly epochEndsMs: readonly number[]
  /** Updates of the weights. */
  readonly steps: number
  /** Mean loss of each epoch. */
  readonly epochLosses: readonly number[]
  readonly trace: readonly LossEntry[]
}

/** Of all epochs but the first, in which graphs are traced and caches filled. */
export function msPerStep({ epochEndsMs, steps }: Fitted): number {
  const [first = NaN] = epochEndsMs
  const perEpoch = steps / epochEndsMs.length
  return ((epochEndsMs.at(-1) ?? NaN) - first) / (perEpoch * (epochEndsMs.length - 1))
}

/** Relative, of the mean losses of the first epoch. */
export function epochDifference(reference: Fitted, other: Fitted): number {
  const [due = NaN] = reference.epochLosses
  return Math.abs((other.epochLosses[0] ?? NaN) - due) / Math.abs(due)
}

export interface Plan {
  readonly rows: number
  readonly batchSize: number
}

/**
 * The largest relative difference of the losses of `other` from those of `reference`, which has one entry per step; an
 * entry of `other` that spans several steps is compared with the mean over their rows.
 *
 * @throws when either lacks steps: then it is not the same work, whatever the losses are
 */
export function largestDifference(reference: Fitted, other: Fitted, { rows, batchSize }: Plan): number {
  const steps = Math.ceil(rows / batchSize)
  for (const { trace } of [reference, other]) {
    if (trace.at(-1)?.step !== steps) throw new Error(`${steps} steps were due, not ${trace.at(-1)?.step ?? 0}`)
  }
  if (reference.trace.length !== steps) throw new Error(`the reference has ${reference.trace.length} losses`)
  const rowsOf = (step: number): number => Math.min(batchSize, rows - (step - 1) * batchSize)
  let largest = 0
  let from = 0
  for (const { step, loss } of other.trace) {
    let sum = 0
    let weight = 0
    for (const entry of reference.trace.slice(from, step)) {
      sum += entry.loss * rowsOf(entry.step)
      weight += rowsOf(entry.step)
    }
    const difference = Math.abs(loss - sum / weight) / Math.abs(sum / weight)
    largest = Math.max(largest, difference) // a NaN stays
    from = step
  }
  return largest
}
