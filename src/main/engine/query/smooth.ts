/**
 * Debiased exponential moving average: s <- w * s + (1 - w) * value, divided by 1 - w^n after n values, so that it starts
 * at the first value rather than at 0. Values that are NaN or infinite leave it as it is.
 */
export class Smoother {
  readonly #weight: number
  #biased = 0
  /** weight^n: what is left of the start at 0. */
  #bias = 1

  /** `weight` of the past, in [0, 1). */
  constructor(weight: number) {
    this.#weight = weight
  }

  /** Takes the values [from, to). */
  feed(values: Float64Array, from: number, to: number): void {
    const weight = this.#weight
    let [biased, bias] = [this.#biased, this.#bias]
    for (let index = from; index < to; index++) {
      const value = values[index] ?? NaN
      if (value - value !== 0) continue // NaN or infinite
      biased = weight * biased + (1 - weight) * value
      bias = bias < NEGLIGIBLE ? 0 : bias * weight
    }
    this.#biased = biased
    this.#bias = bias
  }

  /** NaN before the first finite value. */
  get average(): number {
    return this.#bias === 1 ? NaN : this.#biased / (1 - this.#bias)
  }
}

/** 1 minus less than this is 1; going on to multiply would end in denormal numbers, which are slow. */
const NEGLIGIBLE = 2 ** -60
