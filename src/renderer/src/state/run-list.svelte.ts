/** What the run list shows: filter, order, and the row the keyboard is on. */
import type { RunRecord } from '../../../contract/run.ts'
import type { RunId } from '../../../contract/terms.ts'
import { filterRuns } from '../views/run-list/filter-runs.ts'
import { bestRuns, sortRuns } from '../views/run-list/sort-runs.ts'
import type { LayoutState } from './layout.svelte.ts'
import type { RunsState } from './runs.svelte.ts'

export class RunListState {
  filter = $state('')
  /** The row the keyboard is on. */
  active = $state.raw<RunId | null>(null)
  readonly #runs: RunsState
  readonly #layout: LayoutState
  visible = $derived.by<RunRecord[]>(() =>
    sortRuns(filterRuns(this.#runs.all, this.filter), this.#layout.sort, Date.now() / 1000),
  )
  visibleIds = $derived(this.visible.map((run) => run.runId))
  best = $derived(bestRuns(this.visible))

  constructor(runs: RunsState, layout: LayoutState) {
    this.#runs = runs
    this.#layout = layout
  }

  /** Moves the active row by `rows`, stopping at the ends; @returns its new index, -1 in an empty list. */
  move(rows: number): number {
    const from = this.active === null ? -1 : this.visibleIds.indexOf(this.active)
    const to = Math.max(0, Math.min(this.visibleIds.length - 1, from < 0 ? 0 : from + rows))
    this.active = this.visibleIds[to] ?? null
    return this.active === null ? -1 : to
  }
}
