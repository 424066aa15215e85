/** One connected page or command: its requests, and the events it gets, coalesced so that a fast training does not flood it. */
import { createBirpc } from 'birpc'
import type { WebSocket } from 'ws'
import type { EventPayload } from '../../../contract/events.ts'
import type { EnginePort, PagePort } from '../../../contract/ports.ts'
import type { EventBus } from '../event-bus.ts'
import { answerRequest, type Handlers } from './router.ts'

const COALESCE_MS = 30

export function serveSocket(socket: WebSocket, handlers: Handlers, bus: EventBus): void {
  const engine: EnginePort = { request: (name, params) => answerRequest(handlers, name, params) }
  const page = createBirpc<PagePort, EnginePort>(engine, {
    post: (data: string) => socket.send(data),
    on: (receive) => socket.on('message', (data) => receive(String(data))),
    serialize: JSON.stringify,
    deserialize: JSON.parse,
    timeout: -1,
  })

  const grown = new Map<string, EventPayload<'seriesGrew'>>()
  const changed = new Map<string, EventPayload<'runChanged'>>()
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    timer = undefined
    // A run is told before its points, so that a page never hears of points of a run it does not know.
    for (const payload of changed.values()) void page.event.asEvent('runChanged', payload)
    for (const payload of grown.values()) void page.event.asEvent('seriesGrew', payload)
    changed.clear()
    grown.clear()
  }
  const schedule = (): void => {
    timer ??= setTimeout(flush, COALESCE_MS)
  }

  const subscriptions = [
    bus.on('runChanged', (payload) => {
      changed.set(payload.run.runId, payload)
      schedule()
    }),
    bus.on('seriesGrew', (payload) => {
      const pending = grown.get(payload.runId)
      grown.set(payload.runId, pending ? mergeGrowth(pending, payload) : payload)
      schedule()
    }),
    bus.on('runPrinted', (payload) => void page.event.asEvent('runPrinted', payload)),
    bus.on('tensorflowSetup', (payload) => void page.event.asEvent('tensorflowSetup', payload)),
    bus.on('engineStopping', (payload) => void page.event.asEvent('engineStopping', payload)),
  ]
  socket.on('close', () => {
    clearTimeout(timer)
    for (const unsubscribe of subscriptions) unsubscribe()
    page.$close()
  })
}

function mergeGrowth(a: EventPayload<'seriesGrew'>, b: EventPayload<'seriesGrew'>): EventPayload<'seriesGrew'> {
  return {
    runId: a.runId,
    tags: [...new Set([...a.tags, ...b.tags])],
    newestWallTime: Math.max(a.newestWallTime, b.newestWallTime),
  }
}
