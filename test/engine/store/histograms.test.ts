/** Histograms: lossless, by tag and step, and hidden where a restart repeats them. */
import { expect, test } from 'vitest'
import type { HistogramRecord } from '../../../src/contract/log-record.ts'
import { RUN, temporaryStore } from './temporary-workspace.ts'

function histogram(tag: string, step: number, counts: readonly number[] = [1, 2]): HistogramRecord {
  const edges = Float64Array.from({ length: counts.length + 1 }, (_, index) => (index - 1) / 3)
  return {
    kind: 'histogram',
    tag,
    step,
    wallTime: 1000 + step / 10,
    nonFinite: step % 2,
    edges,
    counts: Float64Array.from(counts),
  }
}

test('histograms are read as they were logged, and listed by tag', () => {
  const store = temporaryStore()
  const weights = [histogram('weights/b', 3, [5, 0, 1e12]), histogram('weights/b', 7, [])]
  const gradients = histogram('gradients/a', 3)
  expect(store.writer(RUN).append([...weights, gradients])).toEqual([])
  expect({
    list: store.listHistograms(RUN),
    weights: store.readHistograms(RUN, 'weights/b'),
    gradients: store.readHistograms(RUN, 'gradients/a'),
    none: store.readHistograms(RUN, 'c'),
  }).toEqual({
    list: [
      { tag: 'gradients/a', count: 1, firstStep: 3, lastStep: 3 },
      { tag: 'weights/b', count: 2, firstStep: 3, lastStep: 7 },
    ],
    weights,
    gradients: [gradients],
    none: [],
  })
})

test('a step that goes back hides those from it on; an equal step hides nothing', () => {
  const store = temporaryStore()
  const first = [0, 10, 20, 20, 30].map((step) => histogram('w', step))
  const again = [20, 25].map((step) => histogram('w', step, [9, 9]))
  store.writer(RUN).append(first)
  store.writer(RUN).append(again)
  expect([store.listHistograms(RUN), store.readHistograms(RUN, 'w')]).toEqual([
    [{ tag: 'w', count: 4, firstStep: 0, lastStep: 25 }],
    [...first.slice(0, 2), ...again],
  ])
})

test.each([
  ['edges that do not fit the counts', { ...histogram('w', 1), counts: Float64Array.of(1) }, '3 edges and 1 counts'],
  ['a step that is no integer', histogram('w', 0.5), 'step 0.5 is not an integer'],
  ['a wall time that is not finite', { ...histogram('w', 1), wallTime: NaN }, 'wall time NaN is not finite'],
])('%s is refused with the whole batch', (_, bad, message) => {
  const store = temporaryStore()
  expect(() => store.writer(RUN).append([histogram('w', 0), bad])).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining(message) }),
  )
  expect(store.listHistograms(RUN)).toEqual([])
})
