import { expect, test } from 'vitest'
import { DrawQueue } from '../../../src/renderer/src/charts/draw-queue.ts'

/** A queue with frames and a clock that a test moves. */
function setUp(): {
  queue: DrawQueue
  log: string[]
  draw: (name: string, ms?: number) => () => void
  frame: () => void
} {
  const frames: (() => void)[] = []
  const log: string[] = []
  let nowMs = 0
  const queue = new DrawQueue(
    (callback) => void frames.push(callback),
    () => nowMs,
  )
  return {
    queue,
    log,
    draw:
      (name, ms = 1) =>
      () => {
        log.push(name)
        nowMs += ms
      },
    frame: () => {
      log.push(`frame of ${frames.length}`)
      for (const callback of frames.splice(0)) callback()
    },
  }
}

test('only the newest draw of a chart is made', () => {
  const { queue, log, draw, frame } = setUp()
  const [a, b] = [{}, {}]
  queue.add(a, draw('a old'))
  queue.add(b, draw('b'))
  queue.add(a, draw('a new'))
  frame()
  frame()
  expect(log).toEqual(['frame of 1', 'a new', 'b', 'frame of 0'])
})

test('what takes long is spread over frames', () => {
  const { queue, log, draw, frame } = setUp()
  for (const name of ['a', 'b', 'c', 'd']) queue.add({}, draw(name, 5))
  frame()
  frame()
  frame()
  expect(log).toEqual(['frame of 1', 'a', 'b', 'frame of 1', 'c', 'd', 'frame of 0'])
})

test('a chart that is gone is not drawn', () => {
  const { queue, log, draw, frame } = setUp()
  const a = {}
  queue.add(a, draw('a'))
  queue.forget(a)
  frame()
  expect(log).toEqual(['frame of 1'])
})
