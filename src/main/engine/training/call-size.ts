/** How many batches one call takes: as many as last some 50 ms, so that a call costs nothing and a stop waits for nothing. */

/** A person does not notice a stop, a point or a bar that is late by this much. */
const CALL_MS = 50
/** Calls grow by at most this factor: the first ones warm up and tell little. */
const GROWTH = 4

export interface CallSize {
  readonly batches: number
  /** A call of `batches` batches took `ms`. */
  took(batches: number, ms: number): void
}

export function createCallSize(most: number): CallSize {
  let batches = 1
  return {
    get batches() {
      return batches
    },
    took(taken, ms) {
      const fitting = Math.floor((CALL_MS * taken) / Math.max(ms, 1e-3))
      if (taken === batches || fitting < batches) batches = Math.max(1, Math.min(most, fitting, taken * GROWTH))
    },
  }
}
