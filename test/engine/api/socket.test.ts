import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import type { RunRecord } from '../../../src/contract/run.ts'
import { runId } from '../../../src/contract/terms.ts'
import type { Handlers } from '../../../src/main/engine/api/router.ts'
import { serveSocket } from '../../../src/main/engine/api/socket.ts'
import { createEventBus } from '../../../src/main/engine/event-bus.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const id = runId.parse('r1')
const run = (name: string): RunRecord => ({ runId: id, name }) as RunRecord

/** A socket that keeps what was sent, as [function, arguments]. */
function openSocket() {
  const sent: [string, unknown[]][] = []
  const socket = Object.assign(new EventEmitter(), {
    send(data: string) {
      const { m, a } = JSON.parse(data) as { m: string; a: unknown[] }
      sent.push([m, a])
    },
  })
  const bus = createEventBus()
  serveSocket(socket as unknown as WebSocket, {} as Handlers, bus)
  return { bus, sent, socket }
}

test('many changes become one message each, runs before their points', () => {
  const { bus, sent } = openSocket()
  bus.emit('seriesGrew', { runId: id, tags: ['a'], newestWallTime: 1 })
  bus.emit('seriesGrew', { runId: id, tags: ['a', 'b'], newestWallTime: 2 })
  bus.emit('runChanged', { run: run('first') })
  bus.emit('runChanged', { run: run('second') })
  expect(sent).toEqual([])
  vi.advanceTimersByTime(100)
  expect(sent).toEqual([
    ['event', ['runChanged', { run: { runId: 'r1', name: 'second' } }]],
    ['event', ['seriesGrew', { runId: 'r1', tags: ['a', 'b'], newestWallTime: 2 }]],
  ])
})

test('a socket that closed hears nothing more', () => {
  const { bus, sent, socket } = openSocket()
  bus.emit('runChanged', { run: run('first') })
  socket.emit('close')
  bus.emit('runChanged', { run: run('second') })
  vi.advanceTimersByTime(100)
  expect(sent).toEqual([])
})
