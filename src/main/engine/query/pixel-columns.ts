/** Gathers points, or summaries of points, into rows of an envelope: one per pixel column, or one per point. */
import type { Summary } from '../store/summary.ts'

/** Splits the closed interval [from, to] into columns of equal width; x on a border belongs to the right one. */
export interface PixelGrid {
  readonly from: number
  readonly to: number
  readonly columns: number
}

/** Column of an x that lies within the grid; ascends with x. */
export function columnOf({ from, to, columns }: PixelGrid, x: number): number {
  return to > from ? Math.min(columns - 1, Math.floor(((x - from) / (to - from)) * columns)) : 0
}

/** First index in [from, to) for which `holds`, which is false up to there and true from there on; `to` if none. */
export function firstIndex(from: number, to: number, holds: (index: number) => boolean): number {
  while (from < to) {
    const middle = (from + to) >>> 1
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}

/** Rows in the making; a row that is open takes more points until the next is begun. */
export class EnvelopeRows {
  readonly x: number[] = []
  readonly min: number[] = []
  readonly max: number[] = []
  readonly first: number[] = []
  readonly last: number[] = []
  /** How many points come before the last one of the row, among all that are visible. */
  readonly positions: number[] = []

  beginRow(): void {
    this.x.push(NaN)
    this.min.push(NaN)
    this.max.push(NaN)
    this.first.push(NaN)
    this.last.push(NaN)
    this.positions.push(-1)
  }

  /** A row that is a point: all four are its value, even if it is NaN or infinite. */
  addPoint(x: number, value: number, position: number): void {
    this.x.push(x)
    this.min.push(value)
    this.max.push(value)
    this.first.push(value)
    this.last.push(value)
    this.positions.push(position)
  }

  /** Adds the points [from, to) to the open row; `x` and `position` are those of the last. */
  addPoints(values: Float64Array, from: number, to: number, x: number, position: number): void {
    let [min, max] = [Infinity, -Infinity]
    for (let index = from; index < to; index++) {
      const value = values[index] ?? NaN
      if (value < min && value !== -Infinity) min = value
      if (value > max && value !== Infinity) max = value
    }
    this.#extend(min, max, values[from] ?? NaN, values[to - 1] ?? NaN, x, position)
  }

  addSummary({ min, max, firstValue, lastValue }: Summary, x: number, position: number): void {
    this.#extend(min, max, firstValue, lastValue, x, position)
  }

  #extend(min: number, max: number, first: number, last: number, x: number, position: number): void {
    const row = this.x.length - 1
    if (this.positions[row] === -1) this.first[row] = first
    this.last[row] = last
    this.x[row] = x
    this.positions[row] = position
    if (min > max) return // nothing finite
    const [minBefore = NaN, maxBefore = NaN] = [this.min[row], this.max[row]]
    if (!(minBefore <= min)) this.min[row] = min
    if (!(maxBefore >= max)) this.max[row] = max
  }
}
