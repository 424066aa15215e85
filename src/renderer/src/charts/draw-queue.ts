/** Draws charts a few at a time, so that a frame is never held up by all of them; only the newest draw of each counts. */

/** What drawing may take of a frame; one chart is drawn in any case. */
const BUDGET_MS = 8

export class DrawQueue {
  readonly #waiting = new Map<object, () => void>()
  readonly #nextFrame: (callback: () => void) => void
  readonly #nowMs: () => number
  #isAwake = false

  constructor(
    nextFrame: (callback: () => void) => void = (callback) => requestAnimationFrame(callback),
    nowMs: () => number = () => performance.now(),
  ) {
    this.#nextFrame = nextFrame
    this.#nowMs = nowMs
  }

  /** Replaces what still waits for this chart, but keeps its place. */
  add(chart: object, draw: () => void): void {
    this.#waiting.set(chart, draw)
    this.#wake()
  }

  forget(chart: object): void {
    this.#waiting.delete(chart)
  }

  #wake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    this.#nextFrame(() => this.#drawSome())
  }

  #drawSome(): void {
    this.#isAwake = false
    const endMs = this.#nowMs() + BUDGET_MS
    for (const [chart, draw] of this.#waiting) {
      this.#waiting.delete(chart)
      draw()
      if (this.#nowMs() >= endMs) break
    }
    if (this.#waiting.size > 0) this.#wake()
  }
}
