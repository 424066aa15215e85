import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LogRecord } from '../../../src/contract/log-record.ts'
import { createLogSender } from '../../../src/main/engine/training/log-sender.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('points wait for a flush, keep their order per tag, and leave nothing behind', () => {
  const sent: LogRecord[][] = []
  const log = createLogSender((records) => sent.push(records))
  log.scalar('loss', 1, 0.5, 10)
  log.scalar('acc', 1, 0.1, 10)
  log.scalar('loss', 2, NaN, 11)
  expect(sent).toEqual([])
  log.flush()
  log.flush()
  expect(sent).toEqual([
    [
      {
        kind: 'scalars',
        tag: 'loss',
        steps: Float64Array.of(1, 2),
        wallTimes: Float64Array.of(10, 11),
        values: Float64Array.of(0.5, NaN),
      },
      {
        kind: 'scalars',
        tag: 'acc',
        steps: Float64Array.of(1),
        wallTimes: Float64Array.of(10),
        values: Float64Array.of(0.1),
      },
    ],
  ])
  log.close()
})

test('it sends at least ten times a second by itself', () => {
  const sent: LogRecord[][] = []
  const log = createLogSender(
    (records) => sent.push(records),
    () => Date.now(),
  )
  for (let ms = 0; ms < 1000; ms += 10) {
    log.scalar('loss', ms, 1, ms)
    vi.advanceTimersByTime(10)
  }
  expect(sent.length).toBeGreaterThanOrEqual(10)
  log.close()
})

test('a loop that never yields sends when it asks between steps', () => {
  let at = 0
  const sent: LogRecord[][] = []
  const log = createLogSender(
    (records) => sent.push(records),
    () => at,
  )
  for (let step = 1; step <= 10; step++) {
    log.scalar('loss', step, 1, step)
    at += 40
    log.flushIfDue()
  }
  expect(sent.map(([record]) => (record?.kind === 'scalars' ? [...record.steps] : []))).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ])
  log.close()
  expect(sent.at(-1)?.[0]).toMatchObject({ steps: Float64Array.of(10) })
})
