/** Envelopes by example; against-array.test.ts holds them against an array. */
import { expect, test } from 'vitest'
import { readEnvelope, type EnvelopeQuery } from '../../../src/main/engine/query/scalar-envelopes.ts'
import type { Store } from '../../../src/main/engine/store/store.ts'
import { RUN, temporaryStore } from '../store/temporary-workspace.ts'

const ALL: EnvelopeQuery = { x: 'step', range: null, columns: 1000, smoothing: 0 }
const TAG = 'train/loss'

/** A store with one series: a value per step from 1 on, a point each second from 1000 on. */
function storeWith(
  values: readonly number[],
  wallTimes: readonly number[] = values.map((_, index) => 1000 + index),
): Store {
  const store = temporaryStore({ chunkPoints: 8, fanOut: 2 })
  append(store, 1, values, wallTimes)
  return store
}

function append(store: Store, firstStep: number, values: readonly number[], wallTimes: readonly number[]): void {
  const steps = Float64Array.from(values, (_, index) => firstStep + index)
  store
    .writer(RUN)
    .append([
      { kind: 'scalars', tag: TAG, steps, wallTimes: Float64Array.from(wallTimes), values: Float64Array.from(values) },
    ])
}

function read(store: Store, query: Partial<EnvelopeQuery>) {
  const envelope = readEnvelope(store, RUN, TAG, { ...ALL, ...query })
  return (
    envelope && {
      ...envelope,
      x: [...envelope.x],
      min: [...envelope.min],
      max: [...envelope.max],
      first: [...envelope.first],
      last: [...envelope.last],
      smoothed: [...envelope.smoothed],
    }
  )
}

test('as many points as columns come raw, with one neighbour on each side', () => {
  const values = [5, 4, NaN, 2, 1]
  expect(read(storeWith(values), { range: [2, 4], columns: 3, smoothing: 0.5 })).toEqual({
    runId: RUN,
    tag: TAG,
    raw: true,
    count: 3,
    nonFiniteSteps: [3],
    x: [1, 2, 3, 4, 5],
    min: values,
    max: values,
    first: values,
    last: values,
    smoothed: [5, 13 / 3, 13 / 3, 3, 29 / 15].map((value) => expect.closeTo(value, 12)),
  })
})

test('more points than columns come as an envelope', () => {
  expect(read(storeWith([5, 4, NaN, 2, Infinity, 0]), { range: [2, 5], columns: 2 })).toEqual({
    runId: RUN,
    tag: TAG,
    raw: false,
    count: 4,
    nonFiniteSteps: [3, 5],
    x: [1, 3, 5, 6],
    min: [5, 4, 2, 0],
    max: [5, 4, 2, 0],
    first: [5, 4, 2, 0],
    last: [5, NaN, Infinity, 0],
    smoothed: [],
  })
})

test('a spike of one step among many shows at every zoom, at its place', () => {
  const store = storeWith(Array.from({ length: 5000 }, (_, index) => (index === 3210 ? 99 : 1)))
  for (const columns of [1, 10, 100, 1000]) {
    const envelope = read(store, { columns })
    const spikes = envelope?.max.flatMap((value, index) => (value === 99 ? [index] : []))
    expect([envelope?.x.length, spikes]).toEqual([columns, [Math.floor((3210 / 4999) * columns)]])
  }
})

test('a range in which there is nothing has its neighbours; one beyond the end has one', () => {
  const store = temporaryStore()
  append(store, 1, [1, 2], [1000, 1001])
  append(store, 10, [3, 4], [1002, 1003])
  const ends = (range: [number, number]): unknown => {
    const envelope = read(store, { range })
    return envelope && [envelope.raw, envelope.count, envelope.x]
  }
  expect([ends([4, 8]), ends([20, 30]), ends([-5, 0])]).toEqual([
    [true, 0, [2, 10]],
    [true, 0, [11]],
    [true, 0, [1]],
  ])
})

test('superseded points are neither drawn nor counted nor averaged', () => {
  const store = storeWith([1, 2, 99, 99])
  append(store, 3, [3, 4, 5], [1010, 1011, 1012])
  expect(read(store, { smoothing: 0.5, x: 'wall' })).toMatchObject({
    count: 5,
    x: [1000, 1001, 1010, 1011, 1012],
    last: [1, 2, 3, 4, 5],
    smoothed: [1, 5 / 3, 17 / 7, 49 / 15, 129 / 31].map((value) => expect.closeTo(value, 12)),
  })
})

test('each x axis has its own x', () => {
  const store = storeWith([7, 7, 7])
  const x = (axis: EnvelopeQuery['x']): unknown => read(store, { x: axis })?.x
  store.runs.update(RUN, { startedAt: 900, stepsPerEpoch: 2 })
  expect([x('step'), x('epoch'), x('wall'), x('relative')]).toEqual([
    [1, 2, 3],
    [0.5, 1, 1.5],
    [1000, 1001, 1002],
    [100, 101, 102],
  ])
  store.runs.update(RUN, { startedAt: null })
  expect(x('relative')).toEqual([0, 1, 2])
})

test('a clock that was set back is drawn in its own order, the average in the order of the log', () => {
  expect(read(storeWith([1, 2, 3], [1000, 990, 1005]), { x: 'wall', smoothing: 0.5 })).toMatchObject({
    x: [990, 1000, 1005],
    last: [2, 1, 3],
    smoothed: [5 / 3, 1, 17 / 7].map((value) => expect.closeTo(value, 12)),
  })
})

test('of many values that are not finite, the first hundred steps are named', () => {
  const store = storeWith(Array.from({ length: 500 }, (_, index) => (index % 2 === 0 ? NaN : 1)))
  expect(read(store, { range: [100, 400], columns: 5 })?.nonFiniteSteps).toEqual(
    Array.from({ length: 100 }, (_, index) => 101 + 2 * index),
  )
})

test('epochs of a run that has none are a bad request', () => {
  const store = storeWith([1])
  store.runs.update(RUN, { stepsPerEpoch: null })
  expect(() => read(store, { x: 'epoch' })).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining('cannot be drawn over epochs') }),
  )
})

test('a run or a tag that is not there is undefined', () => {
  const store = storeWith([1])
  expect([readEnvelope(store, 'other', TAG, ALL), readEnvelope(store, RUN, 'other', ALL)]).toEqual([
    undefined,
    undefined,
  ])
})
