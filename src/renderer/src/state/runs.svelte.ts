/** All runs of the workspace, patched as the engine tells what changed. */
/* eslint-disable svelte/prefer-svelte-reactivity -- what is state here is replaced, never changed in place */
import type { RunRecord } from '../../../contract/run.ts'
import type { RunId } from '../../../contract/terms.ts'
import { isLive } from '../../../contract/terms.ts'
import type { EngineLink } from '../client/engine-link.ts'

/** Changes are applied together: a fast training says some twenty a second. */
const PATCH_MS = 100

export class RunsState {
  byId = $state.raw<ReadonlyMap<RunId, RunRecord>>(new Map())
  loaded = $state(false)
  /** Place of each run in the workspace by time of creation, from 0: what its colour hangs on. */
  order = $state.raw<ReadonlyMap<RunId, number>>(new Map())
  all = $derived([...this.byId.values()])
  live = $derived(this.all.filter((run) => isLive(run.state)))

  readonly #link: EngineLink
  #changed = new Map<RunId, RunRecord>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(link: EngineLink) {
    this.#link = link
    link.on('runChanged', ({ run }) => {
      this.#changed.set(run.runId, run)
      this.#timer ??= setTimeout(() => this.#patch(), this.byId.has(run.runId) ? PATCH_MS : 0)
    })
  }

  async refresh(): Promise<void> {
    const runs = await this.#link.request('runs.list', {})
    this.#changed.clear()
    this.byId = new Map(runs.map((run) => [run.runId, run]))
    this.order = orderOf(runs)
    this.loaded = true
  }

  /** A run that an answer told of before its event came. */
  add(run: RunRecord): void {
    if (this.byId.has(run.runId)) return
    this.#changed.set(run.runId, run)
    this.#patch()
  }

  #patch(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const next = new Map(this.byId)
    for (const [runId, run] of this.#changed) next.set(runId, run)
    this.#changed.clear()
    const grew = next.size > this.byId.size
    this.byId = next
    if (grew) this.order = orderOf([...next.values()])
  }
}

function orderOf(runs: readonly RunRecord[]): ReadonlyMap<RunId, number> {
  const oldestFirst = [...runs].sort((a, b) => a.createdAt - b.createdAt || (a.runId < b.runId ? -1 : 1))
  return new Map(oldestFirst.map((run, order) => [run.runId, order]))
}
