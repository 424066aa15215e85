/** A connection to a living engine, the same in the window, in a browser and on the command line. */
import { createBirpc } from 'birpc'
import { SCALARS_PATH, SOCKET_PATH, SOCKET_PROTOCOL, TOKEN_PROTOCOL_PREFIX } from '../contract/engine-file.ts'
import { MinimaError, type ErrorRecord } from '../contract/errors.ts'
import type { EventName, EventPayload } from '../contract/events.ts'
import type { RequestName, RequestParams, RequestResult } from '../contract/requests.ts'
import type { EnginePort, PagePort } from '../contract/ports.ts'
import { decodeEnvelopes, type ScalarEnvelope, type ScalarQueryInput } from '../contract/scalars.ts'

export interface EngineAddress {
  /** Such as `http://127.0.0.1:43210`, without a slash at the end. */
  readonly origin: string
  readonly token: string
}

export interface EngineConnection {
  request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>>
  readScalars(query: ScalarQueryInput, signal?: AbortSignal): Promise<ScalarEnvelope[]>
  /** Calls `listener` on each such event until the returned function is called. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void
  /** Resolves when the socket is gone, whoever closed it. */
  readonly closed: Promise<void>
  close(): void
}

type Listener = (payload: unknown) => void

/** @throws MinimaError `engine-unreachable` when nothing answers or the token is refused. */
export async function connect(address: EngineAddress): Promise<EngineConnection> {
  const socket = new WebSocket(address.origin.replace(/^http/, 'ws') + SOCKET_PATH, [
    SOCKET_PROTOCOL,
    TOKEN_PROTOCOL_PREFIX + address.token,
  ])
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onerror = () =>
      reject(new MinimaError('engine-unreachable', `no engine answers at ${address.origin}, or it refused the token`))
  })
  const listeners = new Map<EventName, Set<Listener>>()
  const closed = new Promise<void>((resolve) => {
    socket.onclose = () => resolve()
  })
  const page: PagePort = {
    event(name, payload) {
      for (const listener of listeners.get(name) ?? []) listener(payload)
    },
  }
  const engine = createBirpc<EnginePort, PagePort>(page, {
    post: (data: string) => socket.send(data),
    on: (receive) => {
      socket.onmessage = (message) => receive(message.data)
    },
    serialize: JSON.stringify,
    deserialize: JSON.parse,
    timeout: -1,
  })
  void closed.then(() => engine.$close(new MinimaError('engine-unreachable', 'the connection to the engine was lost')))

  return {
    async request(name, params) {
      const answer = await engine.request(name, params)
      if ('error' in answer) throw MinimaError.fromRecord(answer.error)
      return answer.result as never
    },
    readScalars: (query, signal) => readScalars(address, query, signal),
    on(name, listener) {
      const set = listeners.get(name) ?? new Set<Listener>()
      listeners.set(name, set.add(listener as Listener))
      return () => set.delete(listener as Listener)
    },
    closed,
    close: () => socket.close(),
  }
}

async function readScalars(
  address: EngineAddress,
  query: ScalarQueryInput,
  signal?: AbortSignal,
): Promise<ScalarEnvelope[]> {
  const response = await fetch(address.origin + SCALARS_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${address.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(query),
    ...(signal && { signal }),
  })
  if (!response.ok) throw MinimaError.fromRecord((await response.json()) as ErrorRecord)
  return decodeEnvelopes(await response.arrayBuffer())
}
