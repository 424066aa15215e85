/** The rates of a learning-rate range test, and what their losses tell: where it blew up, and which rate to begin with. */
import type { LrRange } from '../../../contract/requests.ts'

/** Each times a constant factor the one before; the last is just below `to`. */
export function ratesOf({ from, to, iterations }: LrRange): Float64Array {
  return Float64Array.from({ length: iterations }, (_, index) => from * (to / from) ** (index / iterations))
}

/** Losses this far back tell whether it blew up: a single bad batch does not. */
const BLOW_UP_LOSSES = 3
/** The first losses are what guessing gives. */
const FIRST_LOSSES = 10

/** Whether the last losses are so much worse than the first that no higher rate needs to be tried. */
export function hasBlownUp(losses: readonly number[]): boolean {
  if (!Number.isFinite(losses.at(-1) ?? 0)) return true
  if (losses.length <= FIRST_LOSSES) return false
  const first = meanOf(losses.slice(0, FIRST_LOSSES))
  const gained = first - losses.reduce((least, loss) => Math.min(least, loss))
  return meanOf(losses.slice(-BLOW_UP_LOSSES)) > first + Math.max(gained, Math.abs(first) / 2)
}

/** Means over neighbours on both sides, so that the curve is not shifted towards higher rates. */
export function smoothed(losses: readonly number[]): Float64Array {
  const reach = Math.max(1, Math.round(losses.length / 50))
  return Float64Array.from(losses, (_, index) => meanOf(losses.slice(Math.max(0, index - reach), index + reach + 1)))
}

export interface Suggestion {
  /** null: the losses do not tell. */
  readonly rate: number | null
  readonly reason: string
}

/** A loss that fell by less than this share of what it was tells nothing. */
const LEAST_GAIN = 0.05

/** @param losses of the rates in their order, those after the blow-up left out */
export function suggestRate(rates: Float64Array, losses: readonly number[], blewUp: boolean): Suggestion {
  const finite = losses.filter(Number.isFinite)
  if (finite.length <= FIRST_LOSSES) {
    return { rate: null, reason: `the loss blew up after ${losses.length} steps: try rates from a lower one on` }
  }
  const curve = smoothed(finite)
  const first = meanOf(finite.slice(0, FIRST_LOSSES))
  const turn = curve.reduce((best, loss, index) => (loss < (curve[best] ?? Infinity) ? index : best), 0)
  const [least, at] = [curve[turn] ?? NaN, rates[turn] ?? NaN]
  const fell = `the loss fell from ${short(first)} to ${short(least)}, least at ${short(at)}`
  if (!(first - least > LEAST_GAIN * Math.abs(first))) {
    const mend = blewUp ? 'try rates from a lower one on' : 'try rates up to a higher one'
    return {
      rate: null,
      reason: `no rate made the loss fall (${short(first)} at first, ${short(least)} at best): ${mend}`,
    }
  }
  const after = blewUp ? `and blew up at ${short(rates[losses.length - 1] ?? NaN)}` : 'and did not blow up in the range'
  return { rate: at / 10, reason: `${fell} ${after}; a tenth of where it turns is a rate that trains fast and safely` }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
