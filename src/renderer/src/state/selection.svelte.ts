/** Which runs are ticked: one selection, read by every view. */
import { SvelteSet } from 'svelte/reactivity'
import type { RunId } from '../../../contract/terms.ts'
import type { Remembered } from './remembered.ts'

export class SelectionState {
  readonly ticked = new SvelteSet<RunId>()
  readonly #remembered: Remembered

  constructor(remembered: Remembered) {
    this.#remembered = remembered
  }

  async restore(): Promise<void> {
    const { ticked } = await this.#remembered.read()
    if (Array.isArray(ticked)) for (const runId of ticked) this.ticked.add(String(runId) as RunId)
  }

  set(runIds: readonly RunId[], ticked: boolean): void {
    for (const runId of runIds) {
      if (ticked) this.ticked.add(runId)
      else this.ticked.delete(runId)
    }
    this.#remembered.write({ ticked: [...this.ticked] })
  }

  toggle(runId: RunId): void {
    this.set([runId], !this.ticked.has(runId))
  }
}
