/** The writer of a run: batches whole or not at all, chunks and pyramid on disk as the format says. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { ScalarsRecord } from '../../../src/contract/log-record.ts'
import { readEnvelope } from '../../../src/main/engine/query/scalar-envelopes.ts'
import { DATABASE_FILE, openDatabase } from '../../../src/main/engine/store/database.ts'
import { createHistograms } from '../../../src/main/engine/store/histograms.ts'
import { readPoints } from '../../../src/main/engine/store/read-points.ts'
import { createRunWriter } from '../../../src/main/engine/store/run-writer.ts'
import { createScalarReader } from '../../../src/main/engine/store/scalar-reader.ts'
import { createSeriesWriters } from '../../../src/main/engine/store/series-writer.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { RUN, insertRun, temporaryDir, temporaryStore } from './temporary-workspace.ts'

function scalars(tag: string, steps: readonly number[], value = (step: number): number => step / 8): ScalarsRecord {
  return {
    kind: 'scalars',
    tag,
    steps: Float64Array.from(steps),
    wallTimes: Float64Array.from(steps, (_, index) => 1000 + index),
    values: Float64Array.from(steps, value),
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

/** What lies in the tables, read past the store. */
function inspect(dir: string, sql: string): unknown[] {
  const sqlite = new Database(join(dir, DATABASE_FILE), { readonly: true })
  try {
    return sqlite.prepare(sql).raw().all()
  } finally {
    sqlite.close()
  }
}

test('tails become chunks, and rows of chunks become nodes', () => {
  const dir = temporaryDir()
  const store = openStore(dir, { chunkPoints: 4, fanOut: 2 })
  onTestFinished(() => store.close())
  insertRun(store)
  for (const step of range(0, 3)) store.writer(RUN).append([scalars('a', [step])])
  store.writer(RUN).append([scalars('a', range(3, 18))])
  expect({
    segments: inspect(dir, 'SELECT first_step, superseded_from, chunk_count, sealed_count FROM segments'),
    chunks: inspect(dir, 'SELECT chunk_index, first_index FROM chunks'),
    nodes: inspect(
      dir,
      'SELECT level, node_index, length(children) / length(summary) FROM nodes ORDER BY level, node_index',
    ),
    tail: inspect(dir, 'SELECT first_index, length(points) / 24 FROM tail'),
  }).toEqual({
    segments: [[0, null, 4, 16]],
    chunks: [
      [0, 0],
      [1, 4],
      [2, 8],
      [3, 12],
    ],
    nodes: [
      [1, 0, 2],
      [1, 1, 2],
      [2, 0, 2],
    ],
    tail: [[16, 2]],
  })
})

test('a run that has ended is packed: long tails become chunks, short ones stay', () => {
  const dir = temporaryDir()
  const store = openStore(dir, { chunkPoints: 64 })
  onTestFinished(() => store.close())
  insertRun(store)
  store.writer(RUN).append([scalars('long', range(0, 50)), scalars('short', [1, 2])])
  store.writer(RUN).seal()
  store.writer(RUN).append([scalars('long', [50]), scalars('short', [3])])
  expect({
    chunks: inspect(dir, 'SELECT tag FROM chunks JOIN segments USING (segment_id) JOIN series USING (series_id)'),
    long: [...readPoints(store, RUN, 'long').steps],
    short: [...readPoints(store, RUN, 'short').steps],
  }).toEqual({ chunks: [['long']], long: range(0, 51), short: [1, 2, 3] })
})

test('several restarts, one of them to before an earlier one', () => {
  const store = temporaryStore({ chunkPoints: 4, fanOut: 2 })
  const write = (steps: readonly number[], value: number): unknown =>
    store.writer(RUN).append([scalars('loss', steps, () => value)])
  write(range(0, 10), 1)
  write(range(7, 12), 2)
  write(range(3, 5), 3)
  write([5, 5, 9], 4)
  write([9, 8], 5)
  const { steps, values } = readPoints(store, RUN, 'loss')
  expect({ steps: [...steps], values: [...values], series: store.listSeries(RUN) }).toEqual({
    steps: [0, 1, 2, 3, 4, 5, 5, 8],
    values: [1, 1, 1, 3, 3, 4, 4, 5],
    series: [
      {
        tag: 'loss',
        count: 8,
        first: { step: 0, wallTime: 1000, value: 1 },
        last: { step: 8, wallTime: 1001, value: 5 },
        min: 1,
        max: 5,
        sum: 22,
        nanCount: 0,
        best: { direction: 'min', step: 0, value: 1 },
      },
    ],
  })
  expect([...readPoints(store, RUN, 'loss', { includeSuperseded: true }).steps]).toEqual([
    ...range(0, 10),
    ...range(7, 12),
    ...[3, 4, 5, 5, 9, 9, 8],
  ])
})

test('a series without a finite number has no least, no greatest and no best', () => {
  const store = temporaryStore()
  store.writer(RUN).append([scalars('loss', [1, 2], (step) => (step === 1 ? NaN : Infinity))])
  expect(store.listSeries(RUN)).toEqual([
    {
      tag: 'loss',
      count: 2,
      first: { step: 1, wallTime: 1000, value: null },
      last: { step: 2, wallTime: 1001, value: null },
      min: null,
      max: null,
      sum: 0,
      nanCount: 1,
      best: null,
    },
  ])
})

test.each([
  [
    'columns of unequal length',
    { ...scalars('b', [1]), values: Float64Array.of(1, 2) },
    '1 steps, 1 wall times and 2 values',
  ],
  ['a step that is no integer', scalars('b', [1, 1.5]), 'series b: step 1.5 is not an integer'],
  ['a step that is NaN', scalars('b', [NaN]), 'series b: step NaN is not an integer'],
  [
    'a wall time that is not finite',
    { ...scalars('b', [1]), wallTimes: Float64Array.of(Infinity) },
    'wall time Infinity is not finite',
  ],
])('%s: the batch is refused as a whole, and the next one is taken', (_, bad, message) => {
  const store = temporaryStore({ chunkPoints: 4 })
  store.writer(RUN).append([scalars('a', range(0, 3))])
  expect(() => store.writer(RUN).append([scalars('a', range(3, 9)), bad])).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining(message) }),
  )
  store.writer(RUN).append([scalars('a', [3])])
  expect([store.listSeries(RUN).map(({ tag, count }) => [tag, count]), [...readPoints(store, RUN, 'a').steps]]).toEqual(
    [[['a', 4]], [0, 1, 2, 3]],
  )
})

test('a full disk loses nothing that was there, and the writer goes on once there is room', () => {
  const dir = temporaryDir()
  const store = openStore(dir)
  onTestFinished(() => store.close())
  insertRun(store)
  const database = openDatabase(dir)
  onTestFinished(() => database.close())
  const scalarReader = createScalarReader(database, 2)
  const series = createSeriesWriters(database, scalarReader, { chunkPoints: 4, fanOut: 2 })(RUN)
  const writer = createRunWriter(database, RUN, series, createHistograms(database))

  writer.append([scalars('a', range(0, 6))])
  database.sqlite.pragma(`max_page_count = ${database.sqlite.pragma('page_count', { simple: true }) as number}`)
  const much = range(0, 100).map((index) => scalars(`tag ${index}`, range(0, 100)))
  expect(() => writer.append([scalars('a', range(6, 9)), ...much])).toThrow(
    expect.objectContaining({ code: 'workspace-unusable', message: expect.stringContaining('the disk is full') }),
  )
  database.sqlite.pragma('max_page_count = 1000000')
  writer.append([scalars('a', range(6, 11))])
  expect([store.listSeries(RUN).map(({ tag, count }) => [tag, count]), [...readPoints(store, RUN, 'a').steps]]).toEqual(
    [[['a', 11]], range(0, 11)],
  )
})

test('nothing makes no series', () => {
  const store = temporaryStore()
  expect([store.writer(RUN).append([]), store.writer(RUN).append([scalars('a', [])]), store.listSeries(RUN)]).toEqual([
    [],
    [],
    [],
  ])
})

test('a run that is not there has no writer', () => {
  expect(() => temporaryStore().writer('other')).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test.each([
  ['in one go', false],
  ['by another process', true],
])('a run that is rewound shows what came before, and what is logged then: %s', (_, reopens) => {
  const dir = temporaryDir()
  const shape = { chunkPoints: 4, fanOut: 2 }
  let store = openStore(dir, shape)
  onTestFinished(() => store.close())
  insertRun(store)
  const histogram = (step: number) => {
    return {
      kind: 'histogram',
      tag: 'h',
      step,
      wallTime: 1000,
      edges: Float64Array.of(0, 1),
      counts: Float64Array.of(step),
      nonFinite: 0,
    } as const
  }
  store.writer(RUN).append([scalars('a', range(0, 19)), scalars('epoch', [10, 20]), scalars('short', [1, 2])])
  store.writer(RUN).append([histogram(10), histogram(20)])
  store.writer(RUN).rewind(10)
  if (reopens) {
    store.close()
    store = openStore(dir, shape)
  }
  expect(store.listSeries(RUN).map(({ tag, count, last }) => [tag, count, last.step])).toEqual([
    ['a', 11, 10],
    ['epoch', 1, 10],
    ['short', 2, 2],
  ])
  // Steps that are no lower than those that were hidden: without the rewind they would stand beside them.
  store.writer(RUN).append([scalars('a', [18, 19], () => 7), scalars('epoch', [20], () => 7), scalars('short', [3])])
  store.writer(RUN).append([histogram(20)])
  expect([...(readPoints(store, RUN, 'a')?.steps ?? [])]).toEqual([...range(0, 11), 18, 19])
  expect([...(readPoints(store, RUN, 'epoch')?.values ?? [])]).toEqual([10 / 8, 7])
  expect(store.listSeries(RUN).map(({ tag, count, max }) => [tag, count, max])).toEqual([
    ['a', 13, 7],
    ['epoch', 2, 7],
    ['short', 3, 3 / 8],
  ])
  expect(store.readHistograms(RUN, 'h').map(({ step }) => step)).toEqual([10, 20])
})

test('a series that is rewound to before its first point is not there until it has points again', () => {
  const store = temporaryStore()
  store.writer(RUN).append([scalars('a', [3, 4])])
  store.writer(RUN).rewind(0)
  const question = { x: 'step', range: null, columns: 10, smoothing: 0 } as const
  expect([store.listSeries(RUN), readEnvelope(store, RUN, 'a', question)?.count ?? 0]).toEqual([[], 0])
  store.writer(RUN).append([scalars('a', [3])])
  expect([...(readPoints(store, RUN, 'a')?.steps ?? [])]).toEqual([3])
})
