/**
 * Boundaries of bins that hold about as many numbers each, as Keras's Discretization learns them: the sorted numbers are
 * summed up by every so-manieth with its weight, and shares are read between those in a line.
 */

/** Numbers, and how many each stands for. */
interface Summary {
  readonly values: readonly number[]
  readonly weights: readonly number[]
}

/** @param epsilon how far the share of a bin may be off @returns bins − 1 of them, in order */
export function quantileBoundaries(given: Float32Array, bins: number, epsilon: number): number[] {
  const summary = compress(summarize(given, epsilon), epsilon)
  return compress(summary, 1 / bins).values.slice(0, bins - 1)
}

function summarize(given: Float32Array, epsilon: number): Summary {
  const sorted = given.slice().sort()
  const increment = sorted.length * epsilon
  const step = Math.max(increment, 1)
  const values: number[] = []
  for (let at = Math.trunc(increment); at < sorted.length; at += Math.trunc(step)) values.push(sorted[at] ?? NaN)
  return { values, weights: values.map(() => step) }
}

function compress(summary: Summary, epsilon: number): Summary {
  const { values, weights } = summary
  if (values.length * epsilon < 1) return summary
  let sum = 0
  const cumulated = weights.map((weight) => (sum += weight))
  const shares = cumulated.map((weight) => weight / sum)
  const percents = Array.from({ length: Math.ceil(1 / epsilon - 1e-9) }, (_, index) => epsilon + index * epsilon)
  const newValues = percents.map((percent) => between(percent, shares, values))
  const reached = percents.map((percent) => between(percent, shares, cumulated))
  return {
    values: newValues.map(Math.fround),
    weights: reached.map((weight, index) => Math.fround(weight - (reached[index - 1] ?? 0))),
  }
}

/** The line through (x, y), read at `at`; the ends' values beyond them. */
function between(at: number, x: readonly number[], y: readonly number[]): number {
  const after = x.findIndex((value) => value >= at)
  if (after <= 0) return (after === 0 ? y[0] : y.at(-1)) ?? NaN
  const [left = 0, right = 0] = [x[after - 1], x[after]]
  const [low = 0, high = 0] = [y[after - 1], y[after]]
  return low + ((high - low) * (at - left)) / (right - left)
}
