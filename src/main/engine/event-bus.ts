/** Tells whoever listens what changed, in the words of contract/events.ts. */
import type { EventName, EventPayload } from '../../contract/events.ts'

type Listener<N extends EventName> = (payload: EventPayload<N>) => void

export interface EventBus {
  emit<N extends EventName>(name: N, payload: EventPayload<N>): void
  /** @returns a function that ends the subscription. */
  on<N extends EventName>(name: N, listener: Listener<N>): () => void
}

export function createEventBus(): EventBus {
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  return {
    emit(name, payload) {
      for (const listener of listeners.get(name) ?? []) (listener as Listener<typeof name>)(payload)
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      return () => set.delete(listener)
    },
  }
}
