/** A training that is killed with -9 and resumed ends with the weights of one that was not, bit for bit. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import type { ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { readPosition } from '../../../src/main/engine/training/checkpoints/checkpoint-file.ts'
import { tensorflowSkip } from '../../support/tensorflow.ts'
import type { ChildResult, ChildTask } from './resume-child.ts'

const CHILD = join(import.meta.dirname, 'resume-child.ts')
const ROWS = Array.from({ length: 60 }, (_, row) => [
  ...[0, 1, 2, 3].map((column) => Math.sin(row * 7.3 + column * 1.7)),
  row % 3,
])
/** 54 rows to train on: six batches and a shorter one. */
const STEPS_PER_EPOCH = 7

/** What a checkpoint has to hold: moments, noise, moving statistics, an order of rows, a rate and weights of callbacks. */
const EXPERIMENT: ExperimentInput = {
  data: { source: 'inline', columns: ['a', 'b', 'c', 'd', 'y'], target: 'y', rows: ROWS },
  split: { validation: 6 },
  model: {
    layers: [
      { type: 'dense', units: 8, activation: 'relu' },
      { type: 'batchNormalization' },
      { type: 'dropout', rate: 0.3 },
      { type: 'dense', units: 3, activation: 'softmax' },
    ],
  },
  fit: {
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    optimizer: { type: 'adam', learningRate: 0.02 },
    epochs: 6,
    batchSize: 8,
    seed: 5,
    callbacks: [
      { type: 'reduceLROnPlateau', monitor: 'loss', mode: 'max', patience: 2, factor: 0.5 },
      { type: 'earlyStopping', patience: 50 },
      { type: 'backupAndRestore' },
    ],
  },
}

const dirs: string[] = []
const running = new Set<ReturnType<typeof spawn>>()

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

function runDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'minima-resume-'))
  dirs.push(dir)
  return dir
}

async function train(task: ChildTask): Promise<{ signal: NodeJS.Signals | null; result: ChildResult | null }> {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const [out, errors, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  running.delete(child)
  if (code !== 0 && signal === null) throw new Error(errors)
  return { signal: signal as NodeJS.Signals | null, result: out === '' ? null : (JSON.parse(out) as ChildResult) }
}

const BACKENDS = [
  ['tensorflow', 'compiled'],
  ['wasm', 'op by op'],
] as const

describe.each(BACKENDS)('%s', (backend, how) => {
  test('six epochs, and three, kill -9, three: the same weights and figures', { timeout: 120_000 }, async (context) => {
    const skip = backend === 'tensorflow' ? tensorflowSkip() : null
    if (skip !== null) context.skip(skip)
    const task = { backend, dir: runDir(), experiment: EXPERIMENT, killAt: null, resume: false }
    const { result: whole } = await train(task)
    const cut = { ...task, dir: runDir() }
    // In the middle of the fourth epoch.
    const { signal } = await train({ ...cut, killAt: 3 * STEPS_PER_EPOCH + 3 })
    expect(signal).toBe('SIGKILL')
    expect(readPosition(cut.dir)).toEqual({ epoch: 3, batch: 0, step: 3 * STEPS_PER_EPOCH })
    const { result: resumed } = await train({ ...cut, resume: true })
    expect([whole?.how, resumed?.firstStep]).toEqual([how, 3 * STEPS_PER_EPOCH + 1])
    expect(resumed?.notices).toContain(`Resumed after step ${3 * STEPS_PER_EPOCH}, in epoch 4`)
    expect(whole?.notices).toContainEqual(expect.stringContaining('The learning rate was lowered after epochs'))
    expect(resumed?.history).toEqual(whole?.history)
    expect(resumed?.weights).toBe(whole?.weights)
  })
})

test('within an epoch too: figures go on with the batches that were there', { timeout: 120_000 }, async () => {
  const callbacks = [{ type: 'backupAndRestore' as const, everySteps: 3 }]
  const experiment = { ...EXPERIMENT, fit: { ...EXPERIMENT.fit, epochs: 3, callbacks } }
  const task: ChildTask = { backend: 'wasm', dir: runDir(), experiment, killAt: null, resume: false }
  const { result: whole } = await train(task)
  const cut = { ...task, dir: runDir() }
  await train({ ...cut, killAt: 12 })
  expect(readPosition(cut.dir)).toEqual({ epoch: 1, batch: 2, step: 9 })
  const { result: resumed } = await train({ ...cut, resume: true })
  expect(resumed?.history).toEqual(whole?.history)
  expect(resumed?.weights).toBe(whole?.weights)
})

test(
  'a run that has ended goes on with more epochs as though it had been given them at once',
  { timeout: 120_000 },
  async () => {
    const withEpochs = (epochs: number) => ({ ...EXPERIMENT, fit: { ...EXPERIMENT.fit, epochs } })
    const task: ChildTask = { backend: 'wasm', dir: runDir(), experiment: withEpochs(4), killAt: null, resume: false }
    const { result: whole } = await train(task)
    const short = { ...task, dir: runDir(), experiment: withEpochs(2) }
    await train(short)
    const { result: longer } = await train({ ...short, experiment: withEpochs(4), resume: true })
    expect(longer?.history).toEqual(whole?.history)
    expect(longer?.weights).toBe(whole?.weights)
  },
)
