/**
 * Seeded random numbers, the same on every machine and backend: xoshiro128** 1.1 (Blackman and Vigna, public domain
 * algorithm), 128 bits of state filled by SplitMix32. Not for secrets.
 */
export interface Random {
  /** An integer in [0, 2^32). */
  nextUint32(): number
  /** An integer in [0, bound), unbiased; bound in [1, 2^32). */
  nextBelow(bound: number): number
  /** A float64 in [0, 1) with 53 random bits. */
  nextFloat(): number
  /** Standard normal (Marsaglia's polar method). */
  nextNormal(): number
}

function splitMix32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}

/** Numbers of what a seed is used for, so that no two uses draw the same numbers. */
export const STREAM = { split: 1, order: 2, weights: 3, dropout: 4 } as const

/** A seed for one use of many: any change of `seed` or of an element of `stream` gives another. */
export function deriveSeed(seed: number, ...stream: readonly number[]): number {
  let derived = splitMix32((seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b))()
  for (const part of stream) derived = splitMix32(derived ^ Math.imul(part + 1, 0xc2b2ae35))()
  return derived
}

export function createRandom(seed: number): Random {
  const fill = splitMix32(seed)
  let a = fill() | 0
  let b = fill() | 0
  let c = fill() | 0
  let d = fill() | 1
  let spare: number | null = null

  const nextUint32 = (): number => {
    const times5 = Math.imul(b, 5)
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }
  const nextFloat = (): number => ((nextUint32() >>> 5) * 0x4000000 + (nextUint32() >>> 6)) / 2 ** 53

  return {
    nextUint32,
    nextFloat,
    nextBelow(bound) {
      // Numbers of the last, incomplete run of `bound` would favour the small ones: draw again.
      const limit = 2 ** 32 - (2 ** 32 % bound)
      let drawn = nextUint32()
      while (drawn >= limit) drawn = nextUint32()
      return drawn % bound
    },
    nextNormal() {
      if (spare !== null) {
        const normal = spare
        spare = null
        return normal
      }
      let x = 0
      let y = 0
      let square = 0
      do {
        x = 2 * nextFloat() - 1
        y = 2 * nextFloat() - 1
        square = x * x + y * y
      } while (square >= 1 || square === 0)
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      spare = y * factor
      return x * factor
    },
  }
}

/** Fisher-Yates, in place. */
export function shuffleInPlace(numbers: Int32Array, random: Random): void {
  for (let last = numbers.length - 1; last > 0; last--) {
    const other = random.nextBelow(last + 1)
    const moved = numbers[last] ?? 0
    numbers[last] = numbers[other] ?? 0
    numbers[other] = moved
  }
}

/** 0, 1, … count − 1. */
export function rowRange(count: number): Int32Array {
  return rowsFrom(0, count)
}

/** first, first + 1, … `count` of them. */
export function rowsFrom(first: number, count: number): Int32Array {
  const rows = new Int32Array(count)
  for (let index = 0; index < count; index++) rows[index] = first + index
  return rows
}
