/** The two functions that cross the WebSocket, one each way; names and payloads are those of requests.ts and events.ts. */
import type { ErrorRecord } from './errors.ts'
import type { EventName } from './events.ts'
import type { RequestName } from './requests.ts'

export type Answer = { readonly result: unknown } | { readonly error: ErrorRecord }

export interface EnginePort {
  request(name: RequestName, params: unknown): Promise<Answer>
}

export interface PagePort {
  event(name: EventName, payload: unknown): void
}
