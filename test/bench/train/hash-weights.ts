/** First weights by the hash that Minima's goldens are made with: kernels uniform as Glorot has them, biases 0. */

/** In [0, 1), by seed and index. */
export function hashUniform(seed: number, index: number): number {
  let hash = (Math.imul(index, 0x9e3779b1) + seed) >>> 0
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b) >>> 0
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35) >>> 0
  hash ^= hash >>> 16
  return (hash >>> 0) / 4294967296
}

export function drawByHash(
  shapes: readonly (readonly number[])[],
  seed: number,
): { shape: readonly number[]; values: Float32Array<ArrayBuffer> }[] {
  let kernels = 0
  return shapes.map((shape) => {
    const [rows = 1, columns] = shape
    if (columns === undefined) return { shape, values: new Float32Array(rows) }
    const kernelSeed = (seed + Math.imul(++kernels, 0x632be5ab)) >>> 0
    const limit = Math.sqrt(6 / (rows + columns))
    const draw = (_: unknown, index: number): number => (2 * hashUniform(kernelSeed, index) - 1) * limit
    return { shape, values: Float32Array.from({ length: rows * columns }, draw) }
  })
}
