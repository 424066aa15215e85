/** Envelopes for tests of the page. */
import type { ScalarEnvelope } from '../../src/contract/scalars.ts'

/** A raw series: each row is a point. */
export function rawEnvelope(runId: string, x: readonly number[], values: readonly number[]): ScalarEnvelope {
  const column = Float64Array.from(values)
  return {
    runId,
    tag: 'train/loss',
    raw: true,
    count: x.length,
    nonFiniteSteps: x.filter((_, row) => !Number.isFinite(values[row])),
    x: Float64Array.from(x),
    min: column,
    max: column,
    first: column,
    last: column,
    smoothed: new Float64Array(),
  }
}
