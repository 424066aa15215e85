/** The curves on screen as state: a revision per card that counts its news, and the stretch of x that all cards share. */
/* eslint-disable svelte/prefer-svelte-reactivity -- what is state here is replaced, never changed in place */
import { SvelteMap } from 'svelte/reactivity'
import type { RunId } from '../../../contract/terms.ts'
import type { EngineLink } from '../client/engine-link.ts'
import type { ChartSettingsState } from './chart-settings.svelte.ts'
import { fullExtent } from '../charts/card-view.ts'
import { ScalarLoader, type CardWant, type LoadedSeries } from './scalar-loader.ts'
import type { SeriesState } from './series.svelte.ts'

export class ScalarsState {
  error = $state.raw<unknown>(null)
  /** Wall time (s) up to which live points are certainly in what was loaded last; for the latency bench. */
  newestWallTime: number | null = null
  readonly #revisions = new SvelteMap<string, number>()
  readonly #loader: ScalarLoader
  readonly #settings: ChartSettingsState
  #loads = $state(0)

  constructor(link: EngineLink, series: SeriesState, settings: ChartSettingsState) {
    this.#settings = settings
    this.#loader = new ScalarLoader({
      read: (query) => link.readScalars(query),
      onLoaded: (tags, newestWallTime) => {
        this.error = null
        this.newestWallTime = newestWallTime
        this.#loads += 1
        for (const tag of tags) this.#revisions.set(tag, this.revision(tag) + 1)
      },
      onError: (error) => (this.error = error),
    })
    link.on('seriesGrew', ({ runId, tags, newestWallTime }) => {
      series.grew(runId, tags)
      this.#loader.grew(runId, tags, newestWallTime)
    })
  }

  /** Goes up by one each time curves of this card came in. */
  revision(tag: string): number {
    return this.#revisions.get(tag) ?? 0
  }

  get(runId: RunId, tag: string): LoadedSeries | undefined {
    return this.#loader.get(runId, tag)
  }

  show(want: CardWant): void {
    this.#loader.show(want)
  }

  hide(tag: string): void {
    this.#loader.hide(tag)
  }

  /** Asks for what the settings say, whenever they change; to be called in an effect. */
  ask(): void {
    const { x, zoom, smoothing } = this.#settings
    this.#loader.setView({ x, range: zoom, smoothing })
  }

  retain(runIds: readonly RunId[]): void {
    this.#loader.retain(new Set(runIds))
  }

  refresh(): void {
    this.#loader.invalidate()
  }

  /** Ends of the x-axis that shows all that is loaded; undefined while nothing is. */
  fullFrom = $derived(this.#fullExtent()?.[0])
  fullTo = $derived(this.#fullExtent()?.[1])

  #fullExtent(): readonly [number, number] | null {
    void this.#loads
    const { x, xLog } = this.#settings
    const extent = this.#loader.extent(x, xLog && x !== 'wall')
    return extent && fullExtent(extent, x, xLog)
  }
}
