/** How the workbench is laid out: theme, width of the run list, its order. */
import { DEFAULT_SORT, SORT_KEYS, startsDescending, type Sort, type SortKey } from '../views/run-list/sort-runs.ts'
import type { Remembered } from './remembered.ts'
import { THEME_CHOICES, type ThemeChoice, type ThemeState } from './theme.svelte.ts'

export const LIST_WIDTH = { min: 280, start: 440, max: 720 }

export class LayoutState {
  listWidth = $state(LIST_WIDTH.start)
  sort = $state.raw<Sort>(DEFAULT_SORT)
  readonly #theme: ThemeState
  readonly #remembered: Remembered

  constructor(theme: ThemeState, remembered: Remembered) {
    this.#theme = theme
    this.#remembered = remembered
  }

  async restore(): Promise<void> {
    const { theme, listWidth, sort } = await this.#remembered.read()
    this.#theme.choice = THEME_CHOICES.find((choice) => choice === theme) ?? 'system'
    if (typeof listWidth === 'number') this.listWidth = clampWidth(listWidth)
    const { key, descending } = (sort ?? {}) as { key?: unknown; descending?: unknown }
    const known = SORT_KEYS.find((name) => name === key)
    if (known && typeof descending === 'boolean') this.sort = { key: known, descending }
  }

  setTheme(choice: ThemeChoice): void {
    this.#theme.choice = choice
    this.#write()
  }

  setListWidth(px: number): void {
    this.listWidth = clampWidth(px)
    this.#write()
  }

  /** The same column again turns the order round. */
  sortBy(key: SortKey): void {
    const descending = this.sort.key === key ? !this.sort.descending : startsDescending(key)
    this.sort = { key, descending }
    this.#write()
  }

  #write(): void {
    this.#remembered.write({ theme: this.#theme.choice, listWidth: this.listWidth, sort: this.sort })
  }
}

function clampWidth(px: number): number {
  return Math.round(Math.min(LIST_WIDTH.max, Math.max(LIST_WIDTH.min, px)))
}
