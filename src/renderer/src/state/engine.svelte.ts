/** The link and what the engine says of itself. */
import type { EngineInfo } from '../../../contract/requests.ts'
import type { EngineLink, LinkState } from '../client/engine-link.ts'

export class EngineState {
  link = $state.raw<LinkState>({ kind: 'connecting' })
  info = $state.raw<EngineInfo | null>(null)
  /** Whether there ever was a connection: before it there is nothing to show. */
  wasConnected = $state(false)
  readonly #link: EngineLink

  constructor(link: EngineLink) {
    this.#link = link
    link.onState((state) => {
      this.link = state
      if (state.kind === 'connected') this.wasConnected = true
    })
  }

  async refresh(): Promise<void> {
    this.info = await this.#link.request('engine.info', {})
  }

  retryNow(): void {
    this.#link.retryNow()
  }
}
