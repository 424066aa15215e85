/** The series of the runs on screen: their tags at once, their counts a little later. */
/* eslint-disable svelte/prefer-svelte-reactivity -- what is state here is replaced, never changed in place */
import { SvelteMap } from 'svelte/reactivity'
import type { SeriesSummary } from '../../../contract/run.ts'
import type { RunId } from '../../../contract/terms.ts'
import type { EngineLink } from '../client/engine-link.ts'

/** By tag; null for a tag that is known to be there and not yet counted. */
export type RunSeries = ReadonlyMap<string, SeriesSummary | null>

/** Counts of a growing run are asked for this often. */
const RECOUNT_MS = 2000
const MAX_PARALLEL = 8

export class SeriesState {
  readonly #byRun = new SvelteMap<RunId, RunSeries>()
  readonly #link: EngineLink
  readonly #queue = new Set<RunId>()
  readonly #wanted = new Set<RunId>()
  readonly #recounts = new Map<RunId, ReturnType<typeof setTimeout>>()
  #running = 0

  constructor(link: EngineLink) {
    this.#link = link
  }

  /** Undefined until the first answer. */
  of(runId: RunId): RunSeries | undefined {
    return this.#byRun.get(runId)
  }

  want(runIds: readonly RunId[]): void {
    for (const runId of runIds) {
      if (this.#wanted.has(runId)) continue
      this.#wanted.add(runId)
      this.#queue.add(runId)
    }
    this.#pump()
  }

  /** Points came in; a tag that is new shows at once. */
  grew(runId: RunId, tags: readonly string[]): void {
    if (!this.#wanted.has(runId)) return
    const known: RunSeries = this.#byRun.get(runId) ?? new Map()
    const fresh = tags.filter((tag) => !known.has(tag))
    if (fresh.length > 0) this.#byRun.set(runId, new Map([...known, ...fresh.map((tag) => [tag, null] as const)]))
    if (this.#recounts.has(runId)) return
    const recount = setTimeout(() => {
      this.#recounts.delete(runId)
      this.#queue.add(runId)
      this.#pump()
    }, RECOUNT_MS)
    this.#recounts.set(runId, recount)
  }

  /** Asks anew for all that is on screen, such as after a lost connection. */
  refresh(): void {
    for (const runId of this.#wanted) this.#queue.add(runId)
    this.#pump()
  }

  #pump(): void {
    for (const runId of this.#queue) {
      if (this.#running >= MAX_PARALLEL) return
      this.#queue.delete(runId)
      this.#running += 1
      void this.#load(runId).finally(() => {
        this.#running -= 1
        this.#pump()
      })
    }
  }

  async #load(runId: RunId): Promise<void> {
    try {
      const series = await this.#link.request('series.list', { runId })
      this.#byRun.set(runId, new Map(series.map((summary) => [summary.tag, summary])))
    } catch {
      // A lost connection, which the banner tells of; `refresh` asks again when it is back.
    }
  }
}
