import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunRecord } from '../../../src/contract/run.ts'
import { EngineLink } from '../../../src/renderer/src/client/engine-link.ts'
import { RunsState } from '../../../src/renderer/src/state/runs.svelte.ts'
import { runRecord } from '../run-record.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp(listed: readonly RunRecord[]): { runs: RunsState; change: (run: RunRecord) => void } {
  const link = new EngineLink({ origin: 'http://x', token: 't' })
  const listeners: ((payload: { run: RunRecord }) => void)[] = []
  vi.spyOn(link, 'on').mockImplementation((_name, listener) => void listeners.push(listener as never))
  vi.spyOn(link, 'request').mockResolvedValue(listed as never)
  return { runs: new RunsState(link), change: (run) => listeners.forEach((listener) => listener({ run })) }
}

test('colours hang on the order of creation, whatever the order of the list', async () => {
  const { runs } = setUp([
    runRecord('c', { createdAt: 3 }),
    runRecord('a', { createdAt: 1 }),
    runRecord('b', { createdAt: 2 }),
  ])
  await runs.refresh()
  expect(Object.fromEntries(runs.order)).toEqual({ a: 0, b: 1, c: 2 })
})

test('changes are applied together; a new run comes at once and takes the next place', async () => {
  const { runs, change } = setUp([runRecord('a', { createdAt: 1 })])
  await runs.refresh()
  const seen = (): string => runs.all.map(({ runId, state }) => `${runId} ${state}`).join(', ')
  change(runRecord('a', { createdAt: 1, state: 'running' }))
  change(runRecord('a', { createdAt: 1, state: 'stopped' }))
  expect(seen()).toBe('a finished')
  await vi.advanceTimersByTimeAsync(100)
  expect(seen()).toBe('a stopped')
  change(runRecord('b', { createdAt: 2, state: 'queued' }))
  await vi.advanceTimersByTimeAsync(0)
  expect([seen(), runs.live.length, runs.order.get(runRecord('b').runId)]).toEqual(['a stopped, b queued', 1, 1])
})
