import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EngineConnection } from '../../../src/client/connection.ts'
import { MinimaError } from '../../../src/contract/errors.ts'
import { EngineLink, type LinkState } from '../../../src/renderer/src/client/engine-link.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface FakeConnection extends EngineConnection {
  readonly listening: string[]
  lose(): void
}

function fakeConnection(): FakeConnection {
  const listening: string[] = []
  const ends: (() => void)[] = []
  const closed = new Promise<void>((done) => ends.push(done))
  const on: EngineConnection['on'] = (name) => {
    listening.push(name)
    return () => undefined
  }
  return {
    request: () => Promise.resolve({} as never),
    readScalars: () => Promise.resolve([]),
    on,
    closed,
    close: () => undefined,
    listening,
    lose: () => ends.forEach((end) => end()),
  }
}

function watch(link: EngineLink): string[] {
  const states: string[] = []
  link.onState((state: LinkState) => {
    states.push(state.kind === 'lost' ? `lost, again in ${state.retryAtMs - Date.now()} ms` : state.kind)
  })
  return states
}

test('a lost connection is tried again, later each time, and subscriptions live on', async () => {
  const first = fakeConnection()
  const second = fakeConnection()
  const outcomes = [first, null, null, second]
  const connect = vi.fn(() => {
    const next = outcomes.shift()
    return next ? Promise.resolve(next) : Promise.reject(new MinimaError('engine-unreachable', 'silence'))
  })
  const link = new EngineLink({ origin: 'http://x', token: 't', connect, isRefused: () => Promise.resolve(false) })
  const states = watch(link)
  link.on('runChanged', () => undefined)
  link.start()
  await vi.advanceTimersByTimeAsync(0)
  first.lose()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(states).toEqual([
    'connected',
    'lost, again in 250 ms',
    'lost, again in 500 ms',
    'lost, again in 1000 ms',
    'connected',
  ])
  expect(second.listening).toEqual(['runChanged', 'engineStopping'])
})

test('a refused token ends the trying', async () => {
  const connect = vi.fn(() => Promise.reject(new MinimaError('engine-unreachable', 'refused')))
  const link = new EngineLink({ origin: 'http://x', token: 'old', connect, isRefused: () => Promise.resolve(true) })
  const states = watch(link)
  link.start()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([states, connect.mock.calls.length]).toEqual([['refused'], 1])
})

test('without a token nothing is asked', async () => {
  const connect = vi.fn()
  const link = new EngineLink({ origin: 'http://x', token: null, connect })
  const states = watch(link)
  link.start()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([states, connect.mock.calls.length]).toEqual([['refused'], 0])
})

test('a request without a connection says so', async () => {
  const link = new EngineLink({ origin: 'http://x', token: 't', connect: () => new Promise(() => undefined) })
  await expect(link.request('runs.list', {})).rejects.toMatchObject({ code: 'engine-unreachable' })
})
