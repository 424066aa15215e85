import { expect, test } from 'vitest'
import { createCallSize } from '../../../src/main/engine/training/call-size.ts'

/** Sizes of the calls of a training whose batches take `ms` each. */
function sizes(most: number, ms: (call: number) => number, calls: number): number[] {
  const size = createCallSize(most)
  return Array.from({ length: calls }, (_, call) => {
    const { batches } = size
    size.took(batches, batches * ms(call))
    return batches
  })
}

test('calls grow until they last 50 ms', () => {
  expect(sizes(1024, () => 0.5, 6)).toEqual([1, 4, 16, 64, 100, 100])
})

test('a first call that warms up says nothing for long', () => {
  expect(sizes(1024, (call) => (call === 0 ? 80 : 1), 6)).toEqual([1, 1, 4, 16, 50, 50])
})

test('batches that slow down make calls shorter at once', () => {
  expect(sizes(1024, (call) => (call < 4 ? 1 : 10), 7)).toEqual([1, 4, 16, 50, 50, 5, 5])
})

test('no call is larger than it may be, and none is empty', () => {
  expect(sizes(8, () => 0.01, 4)).toEqual([1, 4, 8, 8])
  expect(sizes(8, () => 1000, 3)).toEqual([1, 1, 1])
})

test('a call that was cut short by the end of an epoch does not shrink the next ones', () => {
  const size = createCallSize(1024)
  for (let call = 0; call < 4; call++) size.took(size.batches, size.batches * 0.5)
  size.took(3, 1.5)
  expect(size.batches).toBe(100)
})
