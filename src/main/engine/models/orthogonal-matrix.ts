/** Random matrices with orthonormal columns or rows. */
import type { Random } from '../data/random.ts'

/**
 * A [rows, columns] matrix with orthonormal columns (rows, when there are fewer of them): Gram-Schmidt, done twice for
 * precision, on normal draws. Norms are positive, which is the sign rule by which Keras makes the draw uniform.
 */
export function orthogonalMatrix(rows: number, columns: number, random: Random): Float32Array {
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
