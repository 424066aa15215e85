/**
 * TensorFlow's stateless random numbers in JavaScript, the same numbers: Philox 4x32-10 (Salmon et al., "Parallel Random
 * Numbers: As Easy as 1, 2, 3", 2011) as `StatelessRandomUniform` and `StatelessRandomNormal` use it
 * (tensorflow/core/kernels/stateless_random_ops.cc, tsl/lib/random/random_distributions.h). A training draws alike on every backend, op by op or
 * compiled.
 */

/** Two whole numbers in [0, 2^31): whose noise it is, and which draw of it. */
export type Seed = readonly [stream: number, draw: number]

/** Fills `out` with float32 numbers in [0, 1), multiples of 2^-23. */
export function fillUniform(seed: Seed, out: Float32Array): void {
  fillGroups(seed, out, (word) => unit(word))
}

/** Fills `out` with standard normal numbers (Box and Muller's, in pairs). */
export function fillNormal(seed: Seed, out: Float32Array): void {
  fillGroups(seed, out, (word, other, isFirst) => {
    const radius = Math.sqrt(-2 * Math.log(Math.max(unit(isFirst ? word : other), LEAST)))
    const angle = 2 * Math.PI * unit(isFirst ? other : word)
    return radius * (isFirst ? Math.sin(angle) : Math.cos(angle))
  })
}

/** What TensorFlow keeps the logarithm from 0 with. */
const LEAST = 1e-7

/** The 23 low bits as a fraction. */
function unit(word: number): number {
  return (word & 0x7fffff) / 0x800000
}

/** What TensorFlow mixes seeds with before they are a key. */
const MIXING_KEY = [0x3ec8f720, 0x02461e29] as const

function fillGroups(
  [stream, draw]: Seed,
  out: Float32Array,
  number: (word: number, other: number, isFirst: boolean) => number,
): void {
  const words = new Uint32Array([stream, 0, draw, 0])
  philox(words, ...MIXING_KEY)
  const [key0 = 0, key1 = 0, high0 = 0, high1 = 0] = words
  for (let start = 0, group = 0; start < out.length; start += 4, group++) {
    words[0] = group
    words[1] = 0
    words[2] = high0
    words[3] = high1
    philox(words, key0, key1)
    const end = Math.min(4, out.length - start)
    for (let index = 0; index < end; index++) {
      out[start + index] = number(words[index] as number, words[index ^ 1] as number, (index & 1) === 0)
    }
  }
}

/** Ten rounds over four words, in place. */
function philox(words: Uint32Array, key0: number, key1: number): void {
  let a = words[0] as number
  let b = words[1] as number
  let c = words[2] as number
  let d = words[3] as number
  for (let round = 0; round < 10; round++) {
    const highA = multiplyHigh(0xd2511f53, a)
    const lowA = Math.imul(0xd2511f53, a)
    const highC = multiplyHigh(0xcd9e8d57, c)
    const lowC = Math.imul(0xcd9e8d57, c)
    a = (highC ^ b ^ key0) >>> 0
    b = lowC >>> 0
    c = (highA ^ d ^ key1) >>> 0
    d = lowA >>> 0
    key0 = (key0 + 0x9e3779b9) | 0
    key1 = (key1 + 0xbb67ae85) | 0
  }
  words[0] = a
  words[1] = b
  words[2] = c
  words[3] = d
}

/** The upper 32 bits of a product of two unsigned 32-bit numbers. */
function multiplyHigh(x: number, y: number): number {
  const xLow = x & 0xffff
  const xHigh = x >>> 16
  const yLow = y & 0xffff
  const yHigh = y >>> 16
  const middle = xHigh * yLow + ((xLow * yLow) >>> 16)
  const cross = xLow * yHigh + (middle & 0xffff)
  return (xHigh * yHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0
}
