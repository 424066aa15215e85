import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Checkpoint } from '../../../../src/main/engine/training/checkpoints/checkpoint.ts'
import {
  checkpointPath,
  commitCheckpoint,
  draftCheckpoint,
  dropDrafts,
  readCheckpoint,
  readPosition,
} from '../../../../src/main/engine/training/checkpoints/checkpoint-file.ts'

let dir: string
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'minima-checkpoint-'))))
afterEach(() => rmSync(dir, { recursive: true }))

const CHECKPOINT: Checkpoint = {
  epoch: 2,
  batch: 1,
  step: 7,
  rows: { rows: 9, batchSize: 3, seed: 1, shuffle: true, stepsPerEpoch: 3 },
  learningRate: '0.1',
  counter: 7,
  weights: [Float32Array.of(0.1, -0, NaN, Infinity), new Float32Array()],
  optimizer: [
    { name: 'iteration', values: Float64Array.of(7) },
    { name: 'dense/kernel/momentum', values: Float32Array.of(1e-40, 3) },
  ],
  sums: { loss: 0.1 + 0.2, rows: 3, metrics: [[1, 3]] },
  callbacks: [{ name: 'earlyStopping', state: { best: NaN, bestWeights: { step: 3, values: [Float32Array.of(1)] } } }],
  history: { loss: [2.5, NaN] },
  final: { 'epoch/loss': 2.5 },
}

test('keeps every bit, and tells where it stood without being read whole', async () => {
  commitCheckpoint(dir, await draftCheckpoint(dir, CHECKPOINT))
  expect(readCheckpoint(checkpointPath(dir))).toEqual(CHECKPOINT)
  expect(Object.is(readCheckpoint(checkpointPath(dir)).weights[0]?.[1], -0)).toBe(true)
  expect(readPosition(dir)).toEqual({ epoch: 2, batch: 1, step: 7 })
})

test('a draft does not count until it is committed, and is dropped', async () => {
  expect(readPosition(dir)).toBeNull()
  commitCheckpoint(dir, await draftCheckpoint(dir, CHECKPOINT))
  await draftCheckpoint(dir, { ...CHECKPOINT, step: 8 })
  expect(readPosition(dir)?.step).toBe(7)
  mkdirSync(join(dir, 'checkpoints/epoch-01'))
  dropDrafts(dir)
  expect(readdirSync(join(dir, 'checkpoints')).sort()).toEqual(['epoch-01', 'resume.state'])
})

test('a draft may be written before the last one is committed', async () => {
  const [first, second] = [await draftCheckpoint(dir, CHECKPOINT), await draftCheckpoint(dir, CHECKPOINT)]
  commitCheckpoint(dir, first)
  commitCheckpoint(dir, second)
  expect(readPosition(dir)?.step).toBe(7)
})

test('what is no checkpoint, or half of one, is said with its path', async () => {
  const path = checkpointPath(dir)
  expect(() => readCheckpoint(path)).toThrow(expect.objectContaining({ code: 'not-found' }))
  mkdirSync(dirname(path))
  writeFileSync(path, '{"format": "another"}\n')
  expect(() => readPosition(dir)).toThrow(`does not say minima-checkpoint 1): ${path}`)
  writeFileSync(path, 'nothing')
  expect(() => readPosition(dir)).toThrow(expect.objectContaining({ code: 'data-invalid' }))
  commitCheckpoint(dir, await draftCheckpoint(dir, CHECKPOINT))
  writeFileSync(path, readFileSync(path).subarray(0, -20))
  expect(() => readCheckpoint(path)).toThrow(expect.objectContaining({ code: 'data-invalid' }))
})
