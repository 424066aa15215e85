/** Points as columns of equal length, and the few ways to cut and join them. */

export interface PointColumns {
  readonly steps: Float64Array
  /** Seconds since the Unix epoch. */
  readonly wallTimes: Float64Array
  readonly values: Float64Array
}

/** The points [from, to), sharing memory with `points`. */
export function slicePoints({ steps, wallTimes, values }: PointColumns, from: number, to: number): PointColumns {
  return { steps: steps.subarray(from, to), wallTimes: wallTimes.subarray(from, to), values: values.subarray(from, to) }
}

export function joinPoints(parts: readonly PointColumns[]): PointColumns {
  return {
    steps: joinColumns(parts.map((part) => part.steps)),
    wallTimes: joinColumns(parts.map((part) => part.wallTimes)),
    values: joinColumns(parts.map((part) => part.values)),
  }
}

/** Float64 columns steps, wall times, values, one after the other: a row of the tail. */
export function packPoints(points: PointColumns): Uint8Array {
  return new Uint8Array(joinColumns([points.steps, points.wallTimes, points.values]).buffer)
}

export function unpackPoints(bytes: Uint8Array): PointColumns {
  const columns = new Float64Array(new Uint8Array(bytes).buffer)
  const count = columns.length / 3
  return {
    steps: columns.subarray(0, count),
    wallTimes: columns.subarray(count, 2 * count),
    values: columns.subarray(2 * count),
  }
}

/** Index of the first step that is not below `step`; steps ascend. */
export function lowerBound(steps: Float64Array, step: number): number {
  let [from, to] = [0, steps.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((steps[middle] ?? Infinity) < step) from = middle + 1
    else to = middle
  }
  return from
}

function joinColumns(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
