/** The page's lasting link to the engine: connects, notices a loss, tries again with back-off, keeps subscriptions. */
import { connect, type EngineAddress, type EngineConnection } from '../../../client/connection.ts'
import { SCALARS_PATH } from '../../../contract/engine-file.ts'
import { MinimaError } from '../../../contract/errors.ts'
import type { EventName, EventPayload } from '../../../contract/events.ts'
import type { RequestName, RequestParams, RequestResult } from '../../../contract/requests.ts'
import type { ScalarEnvelope, ScalarQueryInput } from '../../../contract/scalars.ts'

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** `retryAtMs` is in the clock of Date.now(). */
  | { readonly kind: 'lost'; readonly retryAtMs: number; readonly reason: string | null }
  | { readonly kind: 'refused'; readonly why: 'no-token' | 'wrong-token' }

export interface LinkOptions {
  readonly origin: string
  readonly token: string | null
  readonly connect?: (address: EngineAddress) => Promise<EngineConnection>
  /** Whether the engine is there and refuses the token; a WebSocket cannot tell that from silence. */
  readonly isRefused?: (address: EngineAddress) => Promise<boolean>
}

const BACK_OFF_MS = [250, 500, 1000, 2000, 4000]

export class EngineLink {
  #options: LinkOptions
  #connection: EngineConnection | null = null
  #attempts = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #stateListeners = new Set<(state: LinkState) => void>()
  #subscriptions = new Set<(connection: EngineConnection) => void>()
  #stopReason: string | null = null

  constructor(options: LinkOptions) {
    this.#options = options
  }

  onState(listener: (state: LinkState) => void): void {
    this.#stateListeners.add(listener)
  }

  /** Calls `listener` on each such event of this connection and of those that follow it. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): void {
    const subscribe = (connection: EngineConnection): void => void connection.on(name, listener)
    this.#subscriptions.add(subscribe)
    if (this.#connection) subscribe(this.#connection)
  }

  /** @throws MinimaError `engine-unreachable` while there is no connection, else what the engine answered. */
  async request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    return this.#open().request(name, params)
  }

  async readScalars(query: ScalarQueryInput): Promise<ScalarEnvelope[]> {
    return this.#open().readScalars(query)
  }

  start(): void {
    this.on('engineStopping', ({ reason }) => (this.#stopReason = reason))
    void this.#connect()
  }

  retryNow(): void {
    clearTimeout(this.#timer)
    void this.#connect()
  }

  #open(): EngineConnection {
    if (this.#connection) return this.#connection
    throw new MinimaError('engine-unreachable', 'there is no connection to the engine; it is being tried again')
  }

  async #connect(): Promise<void> {
    const { origin, token } = this.#options
    if (token === null) return this.#tell({ kind: 'refused', why: 'no-token' })
    const address = { origin, token }
    try {
      this.#connection = await (this.#options.connect ?? connect)(address)
    } catch {
      if (await (this.#options.isRefused ?? isRefused)(address)) {
        return this.#tell({ kind: 'refused', why: 'wrong-token' })
      }
      return this.#retryLater()
    }
    this.#attempts = 0
    this.#stopReason = null
    for (const subscribe of this.#subscriptions) subscribe(this.#connection)
    this.#tell({ kind: 'connected' })
    await this.#connection.closed
    this.#connection = null
    this.#retryLater()
  }

  #retryLater(): void {
    const delayMs = BACK_OFF_MS[Math.min(this.#attempts, BACK_OFF_MS.length - 1)] ?? 0
    this.#attempts += 1
    this.#timer = setTimeout(() => void this.#connect(), delayMs)
    this.#tell({ kind: 'lost', retryAtMs: Date.now() + delayMs, reason: this.#stopReason })
  }

  #tell(state: LinkState): void {
    for (const listener of this.#stateListeners) listener(state)
  }
}

async function isRefused({ origin, token }: EngineAddress): Promise<boolean> {
  try {
    const response = await fetch(origin + SCALARS_PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ series: [], columns: 1 }),
    })
    return response.status === 401
  } catch {
    return false
  }
}
