/** The curves on screen as state: a revision per card that counts its news, and the stretch of x that all cards share. */
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
  #loads = $state(0)

  constructor(link: EngineLink, series: SeriesState) {
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

  ask({ x, zoom, smoothing }: ChartSettingsState): void {
    this.#loader.setView({ x, range: zoom, smoothing })
  }

  retain(runIds: readonly RunId[]): void {
    this.#loader.retain(new Set(runIds))
  }

  refresh(): void {
    this.#loader.invalidate()
  }

  /** Ends of the axis that shows all that is loaded. */
  extent({ x, xLog }: ChartSettingsState): readonly [number, number] | null {
    void this.#loads
    const extent = this.#loader.extent(x, xLog && x !== 'wall')
    return extent && fullExtent(extent, x, xLog)
  }
}
