import { expect, test } from 'vitest'
import type { Progress } from '../../../../src/contract/run.ts'
import {
  phaseText,
  progressShare,
  progressText,
  shortProgressText,
} from '../../../../src/renderer/src/views/run-list/run-progress.ts'
import { runRecord } from '../../run-record.ts'

const progress: Progress = {
  phase: 'training',
  epoch: 2,
  epochs: 5,
  step: 258,
  stepsPerEpoch: 172,
  msPerStep: 12.345,
  etaSecs: 7.4,
}

test('the share of steps that are done; none while data are prepared', () => {
  const none: Progress = { ...progress, phase: 'preparing', stepsPerEpoch: 0 }
  expect([progress, { ...progress, step: 9999 }, none, null].map(progressShare)).toEqual([0.3, 1, null, null])
})

test('progress in words', () => {
  expect([progressText(progress), shortProgressText({ ...progress, msPerStep: null, epoch: 6 })]).toEqual([
    'epoch 2 of 5 · step 258 · 12.35 ms/step · ETA 7.4s',
    'epoch 5/5 · ETA 7.4s',
  ])
})

test('the phase of a live run', () => {
  const phases = [
    runRecord('a', { state: 'queued' }),
    runRecord('b', { state: 'running' }),
    runRecord('c', { state: 'running', progress: { ...progress, phase: 'preparing' } }),
  ]
  expect(phases.map(phaseText)).toEqual(['queued', 'starting…', 'preparing data…'])
})

test('while rows are read it is the share of them', () => {
  const reading: Progress = { ...progress, phase: 'preparing', step: 42, stepsPerEpoch: 100 }
  expect([progressText(reading), shortProgressText(reading)]).toEqual(['42% of the rows read', '42% of the rows read'])
})
