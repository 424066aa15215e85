/**
 * Fetches the curves of the cards on screen: one request at a time for all of them, about ten a second while points
 * come in, and only what is missing or has changed.
 */
import type { ScalarEnvelope, ScalarQueryInput, XAxis } from '../../../contract/scalars.ts'
import type { RunId } from '../../../contract/terms.ts'

/** What the cards ask for in common. */
export interface LoaderView {
  readonly x: XAxis
  readonly range: readonly [number, number] | null
  readonly smoothing: number
}

export interface CardWant {
  readonly tag: string
  readonly runIds: readonly RunId[]
  /** Pixel columns it can show. */
  readonly columns: number
}

export interface LoadedSeries {
  readonly envelope: ScalarEnvelope
  readonly view: LoaderView
  readonly columns: number
}

export interface LoaderOptions {
  readonly read: (query: ScalarQueryInput) => Promise<ScalarEnvelope[]>
  /** Tags of cards that have something new, and the wall time (s) up to which live points are certainly in it. */
  readonly onLoaded: (tags: ReadonlySet<string>, newestWallTime: number | null) => void
  readonly onError: (error: unknown) => void
}

const MIN_INTERVAL_MS = 100
/** The contract's limit of a query. */
const MAX_SERIES = 5000

export class ScalarLoader {
  readonly #options: LoaderOptions
  readonly #loaded = new Map<string, LoadedSeries>()
  readonly #stale = new Set<string>()
  readonly #wants = new Map<string, CardWant>()
  #view: LoaderView = { x: 'step', range: null, smoothing: 0 }
  #newestWallTime: number | null = null
  #isBusy = false
  #startedAtMs = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  get(runId: RunId, tag: string): LoadedSeries | undefined {
    return this.#loaded.get(keyOf(runId, tag))
  }

  setView(view: LoaderView): void {
    this.#view = view
    this.#wake(0)
  }

  /** A card is on screen, or wants more than before. */
  show(want: CardWant): void {
    this.#wants.set(want.tag, want)
    this.#wake(0)
  }

  hide(tag: string): void {
    this.#wants.delete(tag)
  }

  grew(runId: RunId, tags: readonly string[], newestWallTime: number): void {
    for (const tag of tags) this.#stale.add(keyOf(runId, tag))
    this.#newestWallTime = Math.max(this.#newestWallTime ?? newestWallTime, newestWallTime)
    this.#wake(MIN_INTERVAL_MS)
  }

  /** Nothing that was loaded is trusted any more, such as after a lost connection. */
  invalidate(): void {
    for (const key of this.#loaded.keys()) this.#stale.add(key)
    this.#wake(0)
  }

  /** First and last x of the curves that were read in full on this axis. */
  extent(x: XAxis, positive: boolean): { from: number; to: number } | null {
    let from = Number.POSITIVE_INFINITY
    let to = Number.NEGATIVE_INFINITY
    for (const { envelope, view } of this.#loaded.values()) {
      if (view.x !== x || view.range) continue
      const first = positive ? envelope.x.find((value) => value > 0) : envelope.x[0]
      const last = envelope.x[envelope.x.length - 1]
      if (first === undefined || last === undefined) continue
      from = Math.min(from, first)
      to = Math.max(to, last)
    }
    return from <= to ? { from, to } : null
  }

  /** Forgets the curves of all other runs. */
  retain(runIds: ReadonlySet<RunId>): void {
    for (const [key, { envelope }] of this.#loaded) {
      if (!runIds.has(envelope.runId as RunId)) this.#loaded.delete(key)
    }
  }

  #wake(intervalMs: number): void {
    if (this.#isBusy) return
    clearTimeout(this.#timer)
    const delayMs = Math.max(0, this.#startedAtMs + intervalMs - performance.now())
    this.#timer = setTimeout(() => void this.#load(), delayMs)
  }

  #missing(): { series: { runId: RunId; tag: string }[]; columns: number } {
    const series: { runId: RunId; tag: string }[] = []
    let columns = 1
    for (const want of this.#wants.values()) {
      for (const runId of want.runIds) {
        if (series.length >= MAX_SERIES) break
        if (!this.#isMissing(keyOf(runId, want.tag), want.columns)) continue
        series.push({ runId, tag: want.tag })
        columns = Math.max(columns, want.columns)
      }
    }
    return { series, columns }
  }

  #isMissing(key: string, columns: number): boolean {
    const loaded = this.#loaded.get(key)
    if (!loaded || this.#stale.has(key)) return true
    return !isSameView(loaded.view, this.#view) || (!loaded.envelope.raw && loaded.columns < columns)
  }

  async #load(): Promise<void> {
    const { series, columns } = this.#missing()
    if (series.length === 0) return
    const view = this.#view
    const newestWallTime = this.#newestWallTime
    this.#isBusy = true
    this.#startedAtMs = performance.now()
    for (const { runId, tag } of series) this.#stale.delete(keyOf(runId, tag))
    try {
      const envelopes = await this.#options.read({
        series,
        columns,
        x: view.x,
        range: view.range && [...view.range],
        smoothing: view.smoothing,
      })
      // What the engine leaves out has no points: it is not asked for again until it grows.
      for (const { runId, tag } of series) {
        this.#loaded.set(keyOf(runId, tag), { envelope: emptyEnvelope(runId, tag), view, columns })
      }
      for (const envelope of envelopes) {
        this.#loaded.set(keyOf(envelope.runId as RunId, envelope.tag), { envelope, view, columns })
      }
      this.#options.onLoaded(new Set(series.map(({ tag }) => tag)), newestWallTime)
    } catch (error) {
      for (const { runId, tag } of series) this.#stale.add(keyOf(runId, tag))
      this.#options.onError(error)
      return
    } finally {
      this.#isBusy = false
    }
    this.#wake(isSameView(view, this.#view) ? MIN_INTERVAL_MS : 0)
  }
}

const NONE = new Float64Array()

function emptyEnvelope(runId: RunId, tag: string): ScalarEnvelope {
  const columns = { x: NONE, min: NONE, max: NONE, first: NONE, last: NONE, smoothed: NONE }
  return { runId, tag, raw: true, count: 0, nonFiniteSteps: [], ...columns }
}

function keyOf(runId: RunId, tag: string): string {
  return `${runId}\n${tag}`
}

function isSameView(a: LoaderView, b: LoaderView): boolean {
  return a.x === b.x && a.smoothing === b.smoothing && a.range?.[0] === b.range?.[0] && a.range?.[1] === b.range?.[1]
}
