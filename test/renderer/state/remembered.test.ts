import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Remembered } from '../../../src/renderer/src/state/remembered.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp(stored: unknown = null): {
  remembered: Remembered
  written: unknown[]
  fail: (isFailing: boolean) => void
} {
  const written: unknown[] = []
  let isFailing = false
  const request = (name: string, params: unknown): Promise<never> => {
    if (isFailing) return Promise.reject(new Error('lost'))
    if (name === 'settings.write') written.push((params as { value: unknown }).value)
    return Promise.resolve(stored as never)
  }
  return { remembered: new Remembered({ request }, 'page.x'), written, fail: (now) => (isFailing = now) }
}

test('changes in a row are written once, a little after the last', async () => {
  const { remembered, written } = setUp()
  remembered.write(1)
  await vi.advanceTimersByTimeAsync(300)
  remembered.write(2)
  await vi.advanceTimersByTimeAsync(399)
  expect(written).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  remembered.flush()
  expect(written).toEqual([2])
})

test('when the page goes, what is pending is written at once', () => {
  const { remembered, written } = setUp()
  remembered.write(1)
  remembered.flush()
  expect(written).toEqual([1])
})

test('what could not be written is kept for the next time', async () => {
  const { remembered, written, fail } = setUp()
  fail(true)
  remembered.write(1)
  await vi.advanceTimersByTimeAsync(500)
  fail(false)
  remembered.flush()
  expect(written).toEqual([1])
})

test.each([[null], ['text'], [[1]], [3]])('%j is read as nothing', async (stored) => {
  expect(await setUp(stored).remembered.read()).toEqual({})
})

test('fields are read as they were written', async () => {
  expect(await setUp({ x: 'epoch' }).remembered.read()).toEqual({ x: 'epoch' })
})
