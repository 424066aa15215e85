import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ScalarEnvelope, ScalarQueryInput } from '../../../src/contract/scalars.ts'
import { runId } from '../../../src/contract/terms.ts'
import { ScalarLoader } from '../../../src/renderer/src/state/scalar-loader.ts'
import { rawEnvelope } from '../scalar-envelope.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const a = runId.parse('a')
const b = runId.parse('b')
const VIEW = { x: 'step' as const, range: null, smoothing: 0 }

interface SetUp {
  readonly loader: ScalarLoader
  /** Each request, as `run/tag run/tag @columns`, and each answer that came in, as `got tags`. */
  readonly log: string[]
  /** While set, requests take this long or fail. */
  answer: { delayMs: number; isFailing?: boolean; raw?: boolean; missing?: string }
}

function setUp(): SetUp {
  const log: string[] = []
  const read = async (query: ScalarQueryInput): Promise<ScalarEnvelope[]> => {
    const { delayMs, isFailing, raw = true, missing } = state.answer
    const names = query.series.map((series) => `${series.runId}/${series.tag}`)
    log.push(`${names.join(' ')} @${query.columns}${query.range ? ` in ${query.range.join('-')}` : ''}`)
    await new Promise((done) => setTimeout(done, delayMs))
    if (isFailing) throw new Error('lost')
    return query.series
      .filter(({ tag }) => tag !== missing)
      .map((series) => ({ ...rawEnvelope(series.runId, [1, 2], [3, 4]), tag: series.tag, raw }))
  }
  const loader = new ScalarLoader({
    read,
    onLoaded: (tags, newest) => log.push(`got ${[...tags].join(' ')}${newest === null ? '' : ` to ${newest}`}`),
    onError: (error) => log.push((error as Error).message),
  })
  const state: SetUp = { loader, log, answer: { delayMs: 10 } }
  return state
}

test('all cards on screen are asked for in one request', async () => {
  const { loader, log } = setUp()
  loader.show({ tag: 'loss', runIds: [a, b], columns: 400 })
  loader.show({ tag: 'accuracy', runIds: [a], columns: 300 })
  await vi.advanceTimersByTimeAsync(1000)
  expect(log).toEqual(['a/loss b/loss a/accuracy @400', 'got loss accuracy'])
})

test('a series that grows is asked for alone, about ten times a second however often it grows', async () => {
  const { loader, log } = setUp()
  loader.show({ tag: 'loss', runIds: [a, b], columns: 400 })
  await vi.advanceTimersByTimeAsync(500)
  log.length = 0
  for (let time = 0; time < 300; time += 10) {
    loader.grew(a, ['loss', 'hidden'], time)
    await vi.advanceTimersByTimeAsync(10)
  }
  await vi.advanceTimersByTimeAsync(500)
  expect(log).toEqual([
    'a/loss @400',
    'got loss to 0',
    'a/loss @400',
    'got loss to 90',
    'a/loss @400',
    'got loss to 190',
    'a/loss @400',
    'got loss to 290',
  ])
})

test('there is never more than one request under way, and what changed meanwhile follows at once', async () => {
  const setup = setUp()
  const { loader, log } = setup
  setup.answer = { delayMs: 400 }
  loader.show({ tag: 'loss', runIds: [a], columns: 400 })
  await vi.advanceTimersByTimeAsync(50)
  loader.setView({ ...VIEW, smoothing: 0.5 })
  loader.setView({ ...VIEW, range: [10, 20] })
  await vi.advanceTimersByTimeAsync(349)
  expect(log).toEqual(['a/loss @400'])
  await vi.advanceTimersByTimeAsync(2)
  expect(log).toEqual(['a/loss @400', 'got loss', 'a/loss @400 in 10-20'])
})

test('a card that left the screen is not asked for until it is back', async () => {
  const { loader, log } = setUp()
  loader.show({ tag: 'loss', runIds: [a], columns: 400 })
  await vi.advanceTimersByTimeAsync(500)
  loader.hide('loss')
  loader.grew(a, ['loss'], 1)
  await vi.advanceTimersByTimeAsync(500)
  expect(log).toHaveLength(2)
  loader.show({ tag: 'loss', runIds: [a], columns: 400 })
  await vi.advanceTimersByTimeAsync(500)
  expect(log).toHaveLength(4)
})

test('more columns are asked for only where points were put together', async () => {
  const setup = setUp()
  const { loader, log } = setup
  loader.show({ tag: 'loss', runIds: [a], columns: 400 })
  await vi.advanceTimersByTimeAsync(500)
  loader.show({ tag: 'loss', runIds: [a], columns: 800 })
  await vi.advanceTimersByTimeAsync(500)
  expect(log).toEqual(['a/loss @400', 'got loss'])
  setup.answer = { delayMs: 10, raw: false }
  loader.invalidate()
  await vi.advanceTimersByTimeAsync(500)
  loader.show({ tag: 'loss', runIds: [a], columns: 1600 })
  await vi.advanceTimersByTimeAsync(500)
  expect(log.slice(2)).toEqual(['a/loss @800', 'got loss', 'a/loss @1600', 'got loss'])
})

test('a series the engine does not have is not asked for again and again', async () => {
  const setup = setUp()
  setup.answer = { delayMs: 10, missing: 'loss' }
  setup.loader.show({ tag: 'loss', runIds: [a], columns: 400 })
  await vi.advanceTimersByTimeAsync(5000)
  expect(setup.log).toEqual(['a/loss @400', 'got loss'])
  expect(setup.loader.get(a, 'loss')?.envelope.count).toBe(0)
})

test('what failed is asked for again when something happens, not in a circle', async () => {
  const setup = setUp()
  setup.answer = { delayMs: 10, isFailing: true }
  setup.loader.show({ tag: 'loss', runIds: [a], columns: 400 })
  await vi.advanceTimersByTimeAsync(5000)
  setup.answer = { delayMs: 10 }
  setup.loader.invalidate()
  await vi.advanceTimersByTimeAsync(500)
  expect(setup.log).toEqual(['a/loss @400', 'lost', 'a/loss @400', 'got loss'])
})

test('a query holds no more series than the contract allows; the rest follows', async () => {
  const { loader, log } = setUp()
  const runIds = Array.from({ length: 5001 }, (_, index) => runId.parse(`r${index}`))
  loader.show({ tag: 'loss', runIds, columns: 100 })
  await vi.advanceTimersByTimeAsync(1000)
  expect(log.filter((line) => !line.startsWith('got')).map((line) => line.split(' ').length - 1)).toEqual([5000, 1])
})

test('the extent is that of what was read in full on this axis, and of runs that are still chosen', async () => {
  const { loader } = setUp()
  loader.show({ tag: 'loss', runIds: [a], columns: 400 })
  await vi.advanceTimersByTimeAsync(500)
  expect([loader.extent('step', false), loader.extent('epoch', false)]).toEqual([{ from: 1, to: 2 }, null])
  loader.retain(new Set([b]))
  expect(loader.extent('step', false)).toBeNull()
})
