import { expect, test } from 'vitest'
import { filterRuns } from '../../../../src/renderer/src/views/run-list/filter-runs.ts'
import { runRecord } from '../../run-record.ts'

const runs = [
  runRecord('a', { name: 'mlp seed 1', experiment: 'fashion', hparams: { optimizer: 'sgd', learningRate: 0.01 } }),
  runRecord('b', { name: 'mlp seed 2', state: 'failed', hparams: { optimizer: 'adam', learningRate: 0.001 } }),
  runRecord('c', { name: 'Wide Net', experiment: 'iris', hparams: { 'fit.optimizer': 'nadam', shuffle: true } }),
]

test.each([
  ['', 'abc'],
  ['   ', 'abc'],
  ['mlp', 'ab'],
  ['MLP 2', 'b'],
  ['wide', 'c'],
  ['failed', 'b'],
  ['fashion', 'a'],
  ['"seed 1"', 'a'],
  ['"seed 1', 'a'],
  ['optimizer:adam', 'bc'],
  ['optimizer=adam', 'b'],
  ['fit.optimizer=nadam', 'c'],
  ['learningrate=1e-2', 'a'],
  ['learningRate:0.0', 'ab'],
  ['learningRate:0.0 failed', 'b'],
  ['shuffle=true', 'c'],
  ['shuffle=', ''],
  ['nothing:here', ''],
  [':', ''],
])('%s finds %s', (text, found) => {
  expect(
    filterRuns(runs, text)
      .map(({ runId }) => runId)
      .join(''),
  ).toBe(found)
})
