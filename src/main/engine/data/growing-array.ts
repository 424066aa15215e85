/** A Float32Array that grows as rows come in, by pieces, so that nothing is copied before it is whole. */

const PIECE = 2 ** 18

export class GrowingArray {
  readonly #full: Float32Array[] = []
  /** The first one is short: most tables are. */
  #piece = new Float32Array(1024)
  #filled = 0
  #length = 0

  push(value: number): void {
    if (this.#filled === this.#piece.length) {
      this.#full.push(this.#piece)
      this.#piece = new Float32Array(Math.min(PIECE, 2 * this.#piece.length))
      this.#filled = 0
    }
    this.#piece[this.#filled++] = value
    this.#length++
  }

  /** Of its exact length; the array is not to be used any more. */
  finish(): Float32Array {
    const values = new Float32Array(this.#length)
    let at = 0
    for (const piece of this.#full) {
      values.set(piece, at)
      at += piece.length
    }
    values.set(this.#piece.subarray(0, this.#filled), at)
    return values
  }
}
