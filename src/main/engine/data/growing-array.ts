/** A Float32Array that grows as rows come in. */
export class GrowingArray {
  #values = new Float32Array(1024)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float32Array(2 * this.#length)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#length++] = value
  }

  /** Of its exact length; the array is not to be used any more. */
  finish(): Float32Array {
    return this.#values.slice(0, this.#length)
  }
}
