/** The whole of the picked run, asked for again when its record changes. */
import type { RunDetail, RunRecord } from '../../../contract/run.ts'
import type { RunId } from '../../../contract/terms.ts'
import type { EngineLink } from '../client/engine-link.ts'

/** A live run's record changes many times a second; its detail is asked for this often. */
const REFRESH_MS = 1000

export class RunDetailState {
  current = $state.raw<RunDetail | null>(null)
  error = $state.raw<unknown>(null)
  readonly #link: EngineLink
  #runId: RunId | null = null
  #record: RunRecord | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #askedAtMs = 0

  constructor(link: EngineLink) {
    this.#link = link
  }

  /** `record` is the run's row as it is now; undefined when there is none. */
  follow(runId: RunId | null, record: RunRecord | undefined): void {
    if (runId !== this.#runId) {
      this.#runId = runId
      this.current = null
      this.error = null
      this.#askedAtMs = 0
    } else if (record === this.#record) return
    this.#record = record
    clearTimeout(this.#timer)
    if (runId === null || !record) return
    const delayMs = Math.max(0, this.#askedAtMs + REFRESH_MS - Date.now())
    this.#timer = setTimeout(() => void this.#load(runId), delayMs)
  }

  async #load(runId: RunId): Promise<void> {
    this.#askedAtMs = Date.now()
    try {
      const detail = await this.#link.request('runs.get', { runId })
      if (runId === this.#runId) this.current = detail
    } catch (error) {
      if (runId === this.#runId) this.error = error
    }
  }
}
