/** First values of weights: Keras's distributions, drawn with Minima's own generator so that every backend starts alike. */
import type { z } from 'zod'
import type { initializer } from '../../../contract/experiment/layers.ts'
import type { Random } from '../data/random.ts'

type Initializer = z.infer<typeof initializer>

export type Draw = (shape: readonly number[], random: Random) => Float32Array

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

export const zeros: Draw = (shape) => new Float32Array(size(shape))
export const ones: Draw = (shape) => new Float32Array(size(shape)).fill(1)

function uniform(limit: number): Draw {
  return (shape, random) => Float32Array.from({ length: size(shape) }, () => (2 * random.nextFloat() - 1) * limit)
}

/** Keras's `RandomNormal`. */
const randomNormal: Draw = (shape, random) =>
  Float32Array.from({ length: size(shape) }, () => random.nextNormal() * 0.05)

/** Standard deviation of a standard normal cut off at two: what Keras divides by, so that the cut keeps the variance. */
const TRUNCATED_STDDEV = 0.87962566103423978

function truncatedNormal(stddev: number): Draw {
  return (shape, random) =>
    Float32Array.from({ length: size(shape) }, () => {
      let drawn = random.nextNormal()
      while (Math.abs(drawn) > 2) drawn = random.nextNormal()
      return (drawn * stddev) / TRUNCATED_STDDEV
    })
}

/** Inputs and outputs of a unit; for convolutions times the window, [...window, in, out]. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const window = size(shape.slice(0, -2))
  return { fanIn: window * (shape.at(-2) ?? 1), fanOut: window * (shape.at(-1) ?? 1) }
}

/** Variance `scale / fan`. */
function scaled(distribution: 'uniform' | 'normal', scale: number, fan: 'in' | 'average'): Draw {
  return (shape, random) => {
    const { fanIn, fanOut } = fans(shape)
    const variance = scale / (fan === 'in' ? fanIn : (fanIn + fanOut) / 2)
    const draw = distribution === 'uniform' ? uniform(Math.sqrt(3 * variance)) : truncatedNormal(Math.sqrt(variance))
    return draw(shape, random)
  }
}

export const INITIALIZERS: Readonly<Record<Initializer, Draw>> = {
  glorotUniform: scaled('uniform', 1, 'average'),
  glorotNormal: scaled('normal', 1, 'average'),
  heUniform: scaled('uniform', 2, 'in'),
  heNormal: scaled('normal', 2, 'in'),
  leCunUniform: scaled('uniform', 1, 'in'),
  leCunNormal: scaled('normal', 1, 'in'),
  /** Keras's `RandomUniform`, which embeddings use too. */
  randomUniform: uniform(0.05),
  randomNormal,
  zeros,
  ones,
}

/**
 * A [rows, columns] matrix with orthonormal columns (rows, when there are fewer of them): Gram-Schmidt, done twice for
 * precision, on normal draws. Norms are positive, which is the sign rule by which Keras makes the draw uniform.
 */
export const orthogonal: Draw = ([rows = 1, columns = 1], random) => {
  const length = Math.max(rows, columns)
  const basis: Float64Array[] = []
  for (let index = 0; index < Math.min(rows, columns); index++) {
    const vector = Float64Array.from({ length }, () => random.nextNormal())
    for (let pass = 0; pass < 2; pass++) for (const other of basis) subtractProjection(vector, other)
    const norm = Math.sqrt(dot(vector, vector))
    basis.push(vector.map((value) => value / norm))
  }
  const matrix = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      matrix[row * columns + column] = (rows >= columns ? basis[column]?.[row] : basis[row]?.[column]) ?? 0
    }
  }
  return matrix
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const along = dot(vector, unit)
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) - along * (unit[index] ?? 0)
}
