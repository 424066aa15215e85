import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchWheel } from '../../../src/main/engine/tensorflow/fetch-wheel.ts'
import type { FoundPython } from '../../../src/main/engine/tensorflow/find-python.ts'
import { makePython, pipCalls, type FakePython } from './fake-python.ts'
import { tensorflowFiles, writeWheel } from './make-wheel.ts'
import { temporaryFolder } from './temporary-folder.ts'

const dir = temporaryFolder()
const index = join(dir, 'index')
mkdirSync(index)
const WHEEL = 'tensorflow_cpu-2.99.0-cp312-cp312-linux.whl'
writeWheel(index, WHEEL, tensorflowFiles())

let count = 0
function setUp(python: FakePython = {}, signal = new AbortController().signal) {
  const into = join(dir, `into-${++count}`)
  mkdirSync(into)
  const path = makePython(join(dir, `python-${count}`), { index, ...python })
  const found: FoundPython = {
    path,
    version: python.version ?? '3.12.1',
    pip: python.pip ?? '23.2.1',
    tensorflow: null,
  }
  const told: [number, number | null][] = []
  const onBytes = (...bytes: [number, number | null]): void => void told.push(bytes)
  return { path, into, told, fetch: () => fetchWheel(found, 'tensorflow-cpu', { into, onBytes, signal }) }
}

test('pip fetches binaries alone, from nowhere that we name, and its wheel is kept', async () => {
  const { path, into, fetch } = setUp()
  expect(await fetch()).toBe(join(into, WHEEL))
  expect(readdirSync(into)).toEqual([WHEEL])
  const [args = []] = pipCalls(path)
  expect(args).toEqual(expect.arrayContaining(['download', '--no-deps', '--only-binary=:all:']))
  expect(args.join(' ')).not.toMatch(/index-url|find-links|https?:|--resume-retries/)
})

test('bytes are told while they come, against the size that pip says', async () => {
  const { told, fetch } = setUp({ pauseMs: 500 })
  await fetch()
  const [done, total] = told.at(-1) ?? []
  expect(total).toBeGreaterThan(500)
  expect(done).toBe(Math.floor((total ?? 0) / 2))
})

test('a Python for which there is no wheel asks for those of another, then of a named platform', async () => {
  const { path, fetch } = setUp({ hasNoWheelOfItsOwn: true })
  await fetch()
  expect(pipCalls(path).map((args) => args.includes('--python-version'))).toEqual([false, true])
  const none = setUp({ fails: 'ERROR: No matching distribution found for tensorflow-cpu' })
  await expect(none.fetch()).rejects.toThrow(
    /^pip has no tensorflow-cpu for this machine: No matching distribution found/,
  )
  expect(pipCalls(none.path).at(-1)).toContain('--platform')
})

test('an old or a very new Python asks for a current one’s wheel at once', async () => {
  for (const version of ['3.8.18', '3.19.0']) {
    const { path, fetch } = setUp({ version })
    await fetch()
    expect(pipCalls(path)).toHaveLength(1)
    expect(pipCalls(path)[0]).toContain('--python-version')
  }
})

test('a pip that can take broken downloads up again is told to', async () => {
  const { path, fetch } = setUp({ pip: '25.1' })
  await fetch()
  expect(pipCalls(path)[0]).toContain('--resume-retries')
})

test('without a way to its index pip is asked once, and the message says how to give it one', async () => {
  const { path, into, fetch } = setUp({
    fails:
      'WARNING: Retrying (Retry(total=4)) after connection broken\nERROR: No matching distribution found for tensorflow-cpu',
  })
  await expect(fetch()).rejects.toMatchObject({
    code: 'backend-unavailable',
    message: expect.stringMatching(/^pip cannot reach its index .*config set global\.proxy .*--wheel FILE/),
    details: { pip: expect.stringContaining('connection broken') },
  })
  expect(pipCalls(path)).toHaveLength(1)
  expect(readdirSync(into)).toEqual([])
})

test('cancelling ends pip and leaves nothing half-done', async () => {
  const controller = new AbortController()
  const { into, told, fetch } = setUp({ pauseMs: 60_000 }, controller.signal)
  const startedAt = Date.now()
  const fetched = fetch()
  const timer = setInterval(() => told.length > 0 && controller.abort(new Error('cancelled')), 20)
  await expect(fetched).rejects.toThrow('cancelled')
  clearInterval(timer)
  expect(Date.now() - startedAt).toBeLessThan(10_000)
  expect(existsSync(join(into, '.partial'))).toBe(false)
})
