/** The store is held against an array: whatever is appended, however it is cut, closed or crashed, it reads the same. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SeriesSummary } from '../../../src/contract/run.ts'
import type { ScalarEnvelope } from '../../../src/contract/scalars.ts'
import { readEnvelope, type EnvelopeQuery } from '../../../src/main/engine/query/scalar-envelopes.ts'
import { readPoints } from '../../../src/main/engine/store/read-points.ts'
import { openStore, type Store } from '../../../src/main/engine/store/store.ts'
import { envelopeNaively, type NaiveEnvelope } from '../query/naive-envelope.ts'
import {
  appendNaively,
  columnsOf,
  summarizeNaively,
  visible,
  type NaivePoint,
  type NaiveSeries,
} from './naive-series.ts'
import { RUN, insertRun } from './temporary-workspace.ts'

const TAGS = ['train/loss', 'val/accuracy', 'lr'] as const
const TIMELINE = { startedAt: 1000, stepsPerEpoch: 4 }

type Model = ReadonlyMap<string, NaiveSeries>

/** A point relative to the one before it, so that what comes out looks like a log. */
interface Stride {
  readonly step: { readonly by: number } | { readonly backTo: number }
  readonly secs: number
  readonly value: number
}

type Action =
  | {
      readonly kind: 'append'
      readonly batches: readonly { readonly tag: string; readonly strides: readonly Stride[] }[]
    }
  | { readonly kind: 'seal' | 'reopen' | 'crash' }

const stride: fc.Arbitrary<Stride> = fc.record({
  step: fc.oneof(
    { weight: 24, arbitrary: fc.constant({ by: 1 }) },
    { weight: 12, arbitrary: fc.record({ by: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ by: fc.nat(2 ** 40) }) },
    { weight: 1, arbitrary: fc.record({ backTo: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  ),
  secs: fc.oneof(
    { weight: 60, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
    { weight: 1, arbitrary: fc.double({ min: -50, max: 0, noNaN: true }) },
  ),
  value: fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
    { weight: 6, arbitrary: fc.float({ min: -1, max: 1, noNaN: true }) },
    { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0) },
  ),
})

const batch = fc.record({
  tag: fc.constantFrom(...TAGS),
  strides: fc.oneof(fc.array(stride, { maxLength: 3 }), fc.array(stride, { minLength: 5, maxLength: 60, size: 'max' })),
})

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('append' as const), batches: fc.array(batch, { maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('seal' as const, 'reopen' as const, 'crash' as const) }) },
)

/** Ends of the range are given as parts of what there is, a little beyond it on both sides. */
const question = fc.record({
  x: fc.constantFrom('step' as const, 'epoch' as const, 'wall' as const, 'relative' as const),
  ends: fc.option(
    fc.tuple(fc.double({ min: -0.2, max: 1.2, noNaN: true }), fc.double({ min: -0.2, max: 1.2, noNaN: true })),
  ),
  columns: fc.integer({ min: 1, max: 25 }),
  smoothing: fc.constantFrom(0, 0, 0.3, 0.9),
})
type Question = typeof question extends fc.Arbitrary<infer T> ? T : never

const shape = fc.record({ chunkPoints: fc.integer({ min: 1, max: 9 }), fanOut: fc.integer({ min: 2, max: 4 }) })

test('a store reads as an array of what was appended', () => {
  fc.assert(
    fc.property(
      shape,
      fc.array(action, { maxLength: 12, size: 'max' }),
      fc.array(question, { maxLength: 6, size: 'max' }),
      (cut, actions, questions) => {
        const dir = mkdtempSync(join(tmpdir(), 'minima-array-'))
        let store = openStore(dir, cut)
        insertRun(store)
        let model: Model = new Map()
        try {
          for (const [index, step] of actions.entries()) {
            if (step.kind === 'append') model = append(store, model, step.batches)
            if (step.kind === 'seal') store.writer(RUN).seal()
            if (step.kind === 'reopen') {
              store.close()
              store = openStore(dir, cut)
            }
            if (step.kind === 'crash') {
              const copy = openStore(copyOfFiles(dir, join(dir, `crash-${index}`)), cut)
              expectSame(copy, model, questions)
              copy.close()
            }
          }
          expectSame(store, model, questions)
        } finally {
          store.close()
          rmSync(dir, { recursive: true })
        }
      },
    ),
    { numRuns: Number(process.env['NUM'] ?? 100) },
  )
})

function append(store: Store, model: Model, batches: Extract<Action, { kind: 'append' }>['batches']): Model {
  const next = new Map(model)
  const records = batches.map(({ tag, strides }) => {
    const before = next.get(tag) ?? []
    const points = toPoints(before, strides)
    if (points.length > 0) next.set(tag, appendNaively(before, points))
    return { kind: 'scalars' as const, tag, ...columnsOf(points) }
  })
  const grown = new Set(records.filter((record) => record.steps.length > 0).map((record) => record.tag))
  expect(store.writer(RUN).append(records)).toEqual([...grown])
  return next
}

function toPoints(before: NaiveSeries, strides: readonly Stride[]): Omit<NaivePoint, 'superseded'>[] {
  let { step, wallTime } = before.at(-1) ?? { step: 0, wallTime: 1000 }
  return strides.map((next) => {
    step = 'by' in next.step ? step + next.step.by : Math.floor(step * next.step.backTo)
    wallTime += next.secs
    return { step, wallTime, value: next.value }
  })
}

function copyOfFiles(dir: string, copy: string): string {
  openStore(copy).close() // makes the folder
  for (const name of ['workspace.db', 'workspace.db-wal']) {
    if (existsSync(join(dir, name))) copyFileSync(join(dir, name), join(copy, name))
  }
  return copy
}

function expectSame(store: Store, model: Model, questions: readonly Question[]): void {
  const tags = [...model.keys()].sort()
  const expected = tags.map((tag) => comparableSummary(summarizeNaively(tag, model.get(tag) ?? []), nearly))
  expect(store.listSeries(RUN).map((summary) => comparableSummary(summary, asIs))).toEqual(expected)
  for (const tag of tags) {
    const series = model.get(tag) ?? []
    expect(readPoints(store, RUN, tag)).toEqual(columnsOf(visible(series)))
    expect(readPoints(store, RUN, tag, { includeSuperseded: true })).toEqual(columnsOf(series))
    for (const asked of questions) {
      const query = toQuery(asked, series)
      const { runId: _run, tag: _tag, ...envelope } = readEnvelope(store, RUN, tag, query) as ScalarEnvelope
      const naive = envelopeNaively(series, TIMELINE, query)
      expect({ query, ...comparable(envelope, asIs) }).toEqual({ query, ...comparable(naive, nearly) })
    }
  }
}

function toQuery({ x, ends, columns, smoothing }: Question, series: NaiveSeries): EnvelopeQuery {
  const whole = envelopeNaively(series, TIMELINE, { x, range: null, columns: 1e6, smoothing: 0 }).x
  const [least = 0, greatest = 0] = [whole[0], whole.at(-1)]
  const at = (part: number): number =>
    // Every other end falls on a point.
    columns % 2 === 0 && part > 0 && part < 1
      ? (whole[Math.floor(part * whole.length)] ?? 0)
      : least + part * (greatest - least + 1)
  return { x, range: ends && [at(Math.min(...ends)), at(Math.max(...ends))], columns, smoothing }
}

/** Sums and averages are added up in another order; the sign of a zero is nobody's minimum. */
function comparable({ smoothed, min, max, ...exact }: NaiveEnvelope, inexact: (value: number) => unknown): object {
  return { ...exact, min: min.map(unsigned), max: max.map(unsigned), smoothed: Array.from(smoothed, inexact) }
}

function comparableSummary(summary: SeriesSummary, inexact: (value: number) => unknown): object {
  const { sum, min, max, best, ...exact } = summary
  return {
    ...exact,
    sum: inexact(sum),
    min: min === null ? null : unsigned(min),
    max: max === null ? null : unsigned(max),
    best: best && { ...best, value: unsigned(best.value) },
  }
}

function asIs(value: number): unknown {
  return value
}

function nearly(value: number): unknown {
  return Number.isFinite(value) ? expect.closeTo(value, 4) : value
}

function unsigned(value: number): number {
  return value === 0 ? 0 : value
}
