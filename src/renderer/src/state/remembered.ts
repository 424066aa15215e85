/** What the page remembers in the workspace under one key: read once, written a little after the last change. */
import type { EngineLink } from '../client/engine-link.ts'

const DELAY_MS = 400

export class Remembered {
  readonly #link: Pick<EngineLink, 'request'>
  readonly #key: string
  #pending: { readonly value: unknown } | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(link: Pick<EngineLink, 'request'>, key: string) {
    this.#link = link
    this.#key = key
  }

  /** Its fields, or none when it was never written or is not an object. */
  async read(): Promise<Record<string, unknown>> {
    const value = await this.#link.request('settings.read', { key: this.#key })
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  }

  write(value: unknown): void {
    this.#pending = { value }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), DELAY_MS)
  }

  /** Sends what is pending now; a failure is left to the next write, as nothing of record is lost. */
  flush(): void {
    clearTimeout(this.#timer)
    if (!this.#pending) return
    const { value } = this.#pending
    this.#pending = null
    this.#link.request('settings.write', { key: this.#key, value }).catch(() => {
      this.#pending ??= { value }
    })
  }
}
