/** Trainings whose rows do not fit into what they may take of the memory: the same as from memory, also when they are resumed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import type { ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { tensorflowSkip } from '../../support/tensorflow.ts'
import type { ChildResult, ChildTask } from './resume-child.ts'

const CHILD = join(import.meta.dirname, 'resume-child.ts')
const ROWS = 3_000
const BATCH = 64

function csv(): string {
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const numbers = [0, 1, 2, 3].map((column) => Math.sin(row * 7.3 + column * 1.7).toFixed(5))
    return [...numbers, ['red', 'green', 'blue'][row % 3], row % 2 === 0 ? 'even' : 'odd', (row % 4) / 2].join()
  })
  return `a,b,c,d,kind,y,w\n${lines.join('\n')}\n`
}

function experiment(memory: string, shuffle: boolean, epochs: number): ExperimentInput {
  return {
    data: { source: 'csv', file: 'rows.csv', target: 'y', weights: 'w', memory },
    preprocess: [{ type: 'oneHot', columns: ['kind'] }, { type: 'standardize' }],
    split: { validation: 0.1, test: 0.1 },
    model: {
      layers: [
        { type: 'normalization' },
        { type: 'dense', units: 8, activation: 'relu' },
        { type: 'dense', units: 2, activation: 'softmax' },
      ],
    },
    fit: {
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
      optimizer: 'adam',
      epochs,
      batchSize: BATCH,
      shuffle,
      classWeight: { odd: 2 },
      callbacks: [{ type: 'backupAndRestore', everySteps: 5 }],
    },
  }
}

const dirs: string[] = []
const running = new Set<ReturnType<typeof spawn>>()

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

function runDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'minima-from-disk-'))
  dirs.push(dir)
  writeFileSync(join(dir, 'rows.csv'), csv())
  return dir
}

async function train(task: ChildTask): Promise<ChildResult | null> {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MINIMA_CACHE: join(task.dir, 'cache') },
  })
  running.add(child)
  const [out, errors, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  running.delete(child)
  if (code !== 0 && signal === null) throw new Error(errors)
  return out === '' ? null : (JSON.parse(out) as ChildResult)
}

const BACKENDS = [
  ['tensorflow', 'compiled; rows are handed in call by call, as they are on the disk'],
  ['wasm', 'op by op'],
] as const

describe.each(BACKENDS)('%s', (backend, how) => {
  test('without shuffling: the weights and figures that rows in memory give', { timeout: 120_000 }, async (context) => {
    const skip = backend === 'tensorflow' ? tensorflowSkip() : null
    if (skip !== null) context.skip(skip)
    const run = (memory: string) =>
      train({ backend, dir: runDir(), experiment: experiment(memory, false, 2), killAt: null, resume: false })
    const [whole, streamed] = [await run('1GB'), await run('16KB')]
    expect(streamed?.how).toBe(how)
    expect(streamed?.history).toEqual(whole?.history)
    expect(streamed?.weights).toBe(whole?.weights)
  })

  test(
    'shuffled in windows, killed and resumed within an epoch: the same, bit for bit',
    { timeout: 120_000 },
    async (context) => {
      const skip = backend === 'tensorflow' ? tensorflowSkip() : null
      if (skip !== null) context.skip(skip)
      const spec = experiment('16KB', true, 2)
      const task: ChildTask = { backend, dir: runDir(), experiment: spec, killAt: null, resume: false }
      const whole = await train(task)
      const cut = { ...task, dir: runDir() }
      await train({ ...cut, killAt: Math.ceil((0.8 * ROWS) / BATCH) + 12 })
      const resumed = await train({ ...cut, resume: true })
      expect(resumed?.firstStep).toBeGreaterThan(1)
      expect(resumed?.history).toEqual(whole?.history)
      expect(resumed?.weights).toBe(whole?.weights)
    },
  )
})

test('a run is not resumed with rows in memory that began with rows on the disk', { timeout: 120_000 }, async () => {
  const dir = runDir()
  const task: ChildTask = { backend: 'wasm', dir, experiment: experiment('16KB', true, 1), killAt: null, resume: false }
  await train(task)
  const other = { ...task, experiment: experiment('1GB', true, 2), resume: true }
  await expect(train(other)).rejects.toThrow(/windowRows was \d+ and is that of all rows now/)
})
