/** A program's own runs, from `log` to the store, through the real journal. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunDetail } from '../../src/contract/run.ts'
import type { RunId } from '../../src/contract/terms.ts'
import { createEventBus } from '../../src/main/engine/event-bus.ts'
import { openInbox, type Inbox } from '../../src/main/engine/inbox/inbox.ts'
import { readPoints as readColumns } from '../../src/main/engine/store/read-points.ts'
import { openStore, type Store } from '../../src/main/engine/store/store.ts'
import { createRun } from '../../src/library/index.ts'
import { temporaryDir } from '../engine/store/temporary-workspace.ts'

let workspace: string
let store: Store
let inbox: Inbox

beforeEach(() => {
  vi.stubGlobal('MINIMA_VERSION', '0.0.0')
  workspace = temporaryDir()
  openEngine()
})
afterEach(() => {
  closeEngine()
  vi.unstubAllGlobals()
})

function openEngine(): void {
  store = openStore(workspace)
  store.runs.markCrashed('the engine ended while it trained')
  inbox = openInbox({ store, bus: createEventBus(), workspaceDir: workspace })
}

function closeEngine(): void {
  inbox.close()
  store.close()
}

function detail(id: string): RunDetail {
  inbox.poll()
  const run = store.runs.get(id)
  if (!run) throw new Error(`no run ${id}`)
  return run
}

function journals(): string[] {
  return readdirSync(join(workspace, 'inbox'))
}

function readPoints(from: Store, id: RunId, tag: string): { steps: number[]; values: number[] } {
  const { steps, values } = readColumns(from, id, tag, { includeSuperseded: true })
  return { steps: [...steps], values: [...values] }
}

/** Of a program that ran and ended. */
function deadPid(): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['-e', ''])
    child.on('close', () => done(child.pid ?? 0))
  })
}

test('what is logged is in the store, number by number', async () => {
  const run = await createRun({ workspace, name: 'mine', experiment: 'tries', hparams: { rate: 0.1, deep: true } })
  const values = [0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1 / 3]
  values.forEach((loss, index) => run.log({ loss, 'val/accuracy': index }, index * 10))
  run.logHistogram('weights', [1, 2, 3, Number.NaN], 40)
  run.finish()

  const stored = detail(run.id)
  expect(stored).toMatchObject({
    name: 'mine',
    experiment: 'tries',
    state: 'finished',
    hparams: { rate: 0.1, deep: true },
    best: { tag: 'val/accuracy', value: 4, direction: 'max' },
    metrics: { loss: 1 / 3, 'val/accuracy': 4 },
    environment: { node: process.version },
  })
  expect(readPoints(store, stored.runId, 'loss')).toEqual({ steps: [0, 10, 20, 30, 40], values })
  const [histogram] = store.readHistograms(run.id, 'weights')
  expect(histogram).toMatchObject({ step: 40, nonFinite: 1 })
  expect(histogram?.counts.reduce((sum, count) => sum + count)).toBe(3)
  expect(journals()).toEqual([])
})

test('steps count on from the last when none is given, beginning at 1', async () => {
  const run = await createRun({ workspace })
  run.log({ loss: 3 })
  run.log({ loss: 2 })
  run.log({ loss: 1 }, 10)
  run.log({ loss: 0 })
  run.finish()
  expect(readPoints(store, detail(run.id).runId, 'loss').steps).toEqual([1, 2, 10, 11])
})

test('a run is live while it logs, and every point of it is stored once, however often the engine goes', async () => {
  const run = await createRun({ workspace, name: 'long' })
  for (let step = 1; step <= 20_000; step++) {
    run.log({ loss: step }, step)
    if (step % 5_000 !== 0) continue
    await new Promise((done) => setTimeout(done, 250))
    inbox.poll()
    closeEngine()
    openEngine()
  }
  expect(detail(run.id)).toMatchObject({ state: 'running', endedAt: null, error: null })
  run.finish()
  const { state, runId } = detail(run.id)
  const { steps } = readPoints(store, runId, 'loss')
  expect([state, steps.length, steps[0], steps.at(-1)]).toEqual(['finished', 20_000, 1, 20_000])
})

test('what was logged while no engine lived is there when one comes up', async () => {
  closeEngine()
  const run = await createRun({ workspace, name: 'alone' })
  run.log({ loss: 1 })
  run.fail(new RangeError('too deep'))
  openEngine()
  expect(store.runs.get(run.id)).toMatchObject({
    state: 'failed',
    error: { message: 'too deep', details: { stack: expect.stringContaining('RangeError') } },
  })
})

test('a run whose program is gone is crashed, with all whole lines that it left', async () => {
  const run = await createRun({ workspace, name: 'killed' })
  run.log({ loss: 0.5 }, 7)
  await new Promise((done) => setTimeout(done, 300))
  const file = join(workspace, 'inbox', `${run.id}.jsonl`)
  const left = readFileSync(file, 'utf8').replace(/"pid":\d+/, `"pid":${await deadPid()}`)
  writeFileSync(join(workspace, 'inbox', 'orphaned.jsonl'), `${left}{"kind":"scalars","tag":"lo`)
  run.finish()

  expect(detail('orphaned')).toMatchObject({ state: 'crashed', error: { message: 'its program ended without a word' } })
  inbox.poll()
  expect(readPoints(store, 'orphaned' as RunId, 'loss')).toEqual({ steps: [7], values: [0.5] })
  expect(existsSync(join(workspace, 'inbox', 'orphaned.jsonl'))).toBe(false)
})

test('what cannot be logged is left out with one warning and ends nothing', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const run = await createRun({ workspace, name: 'careless' })
  for (let i = 0; i < 3; i++) run.log({ loss: 'low' as unknown as number, good: i }, i)
  for (let i = 0; i < 3; i++) run.log({ good: 1 }, -1)
  run.logHistogram('h', undefined as unknown as number[])
  run.finish()
  for (let i = 0; i < 3; i++) run.log({ good: 1 })
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    'run careless: loss is no number but string; it is left out',
    'run careless: step -1 is no non-negative integer; what is logged with such steps is left out',
    'run careless: histogram h: expected a tag and an array of numbers; it is left out',
    'run careless: it has ended; what is logged from here on is left out',
  ])
  expect(readPoints(store, detail(run.id).runId, 'good').steps).toEqual([0, 1, 2])
})

test('options that are wrong and a workspace that cannot be written to are told at once', async () => {
  await expect(createRun({ workspace, hparams: { a: {} as unknown as string } })).rejects.toThrow(
    'createRun: hparams.a is to be a text, a number, true, false or null',
  )
  await expect(createRun({ workspace, name: '' })).rejects.toThrow('createRun: name is to be a text that is not empty')
  const file = join(workspace, 'file')
  writeFileSync(file, '')
  await expect(createRun({ workspace: file })).rejects.toThrow(`the workspace ${file} cannot be written to`)
})

test('a file that is no journal is set aside', () => {
  mkdirSync(join(workspace, 'inbox'), { recursive: true })
  writeFileSync(join(workspace, 'inbox', 'other.jsonl'), '{"hello":1}\n')
  inbox.poll()
  expect(journals()).toEqual(['other.jsonl.damaged'])
  expect(store.runs.list()).toEqual([])
})
