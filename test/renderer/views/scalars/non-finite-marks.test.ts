import { expect, test } from 'vitest'
import type { Plot } from '../../../../src/renderer/src/charts/curve-paths.ts'
import { nonFiniteMarks } from '../../../../src/renderer/src/views/scalars/non-finite-marks.ts'
import { runRecord } from '../../run-record.ts'
import { rawEnvelope } from '../../scalar-envelope.ts'

function plot(to: number): Plot {
  return {
    left: 40,
    top: 0,
    width: 400,
    height: 100,
    x: { kind: 'linear', from: 0, to },
    y: { kind: 'linear', from: 0, to: 1 },
  }
}
const envelope = rawEnvelope('a', [10, 50, 51, 90], [1, NaN, Infinity, 2])
const runOf = () => runRecord('a', { name: 'mlp', stepsPerEpoch: 10 })

test('steps that are not finite are marked, near ones by one mark', () => {
  expect(nonFiniteMarks([envelope], 'step', plot(100), runOf)).toEqual([
    { px: 240, title: 'NaN or infinite at step 50: mlp' },
    { px: 248, title: 'NaN or infinite at step 51: mlp' },
  ])
  expect(nonFiniteMarks([envelope], 'step', plot(1000), runOf)).toEqual([
    { px: 64, title: 'NaN or infinite at step 50: mlp\nNaN or infinite at step 51: mlp' },
  ])
})

test('what is out of sight has no mark', () => {
  expect(nonFiniteMarks([envelope], 'step', plot(40), runOf)).toEqual([])
})

test('on other axes they are where their points are', () => {
  expect(nonFiniteMarks([envelope], 'epoch', plot(10), runOf).map(({ px }) => px)).toEqual([240, 248])
  expect(nonFiniteMarks([envelope], 'relative', plot(100), runOf)).toEqual([
    { px: 240, title: 'NaN or infinite here: mlp' },
  ])
})
