/** From a value to its place on an axis and back, linear or logarithmic. */
export interface Scale {
  readonly kind: 'linear' | 'log'
  /** Ends of the axis in the units of the data; from < to, and both positive on a log axis. */
  readonly from: number
  readonly to: number
}

/** 0 at `from`, 1 at `to`; NaN where a log axis has no place for the value. */
export function toUnit({ kind, from, to }: Scale, value: number): number {
  if (kind === 'linear') return (value - from) / (to - from)
  return value > 0 ? Math.log(value / from) / Math.log(to / from) : Number.NaN
}

export function fromUnit({ kind, from, to }: Scale, unit: number): number {
  return kind === 'linear' ? from + unit * (to - from) : from * (to / from) ** unit
}

/** A scale that holds [low, high] with a little room; never below zero for data that is not. */
export function scaleAround(kind: Scale['kind'], low: number, high: number, room = 0.05): Scale {
  if (kind === 'log') {
    const factor = high > low ? (high / low) ** room : 2
    return { kind, from: low / factor, to: high * factor }
  }
  const margin = high > low ? (high - low) * room : Math.abs(high) * 0.1 || 1
  const from = low - margin
  return { kind, from: low >= 0 && from < 0 ? 0 : from, to: high + margin }
}

/** A scale that is exactly [from, to], widened where that is empty. */
export function scaleExact(kind: Scale['kind'], from: number, to: number): Scale {
  if (to > from) return { kind, from, to }
  return kind === 'log' ? { kind, from: from / 2, to: from * 2 } : { kind, from: from - 0.5, to: from + 0.5 }
}
