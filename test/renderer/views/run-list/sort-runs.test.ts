import { expect, test } from 'vitest'
import type { BestMetric, RunRecord } from '../../../../src/contract/run.ts'
import { bestRuns, durationOf, sortRuns, type Sort } from '../../../../src/renderer/src/views/run-list/sort-runs.ts'
import { runRecord } from '../../run-record.ts'

const NOW = 1000
const accuracy = (value: number): BestMetric => ({ tag: 'validation/accuracy', direction: 'max', value, step: 1 })
const loss = (value: number): BestMetric => ({ tag: 'validation/loss', direction: 'min', value, step: 1 })

const runs: readonly RunRecord[] = [
  runRecord('a', { name: 'run 10', createdAt: 1, startedAt: 0, endedAt: 50, best: accuracy(0.7) }),
  runRecord('b', { name: 'run 9', createdAt: 3, startedAt: 900, endedAt: null, state: 'running', best: null }),
  runRecord('c', { name: 'Run 1', createdAt: 2, startedAt: null, endedAt: null, state: 'queued', best: accuracy(0.9) }),
]

function order(sort: Sort): string {
  return sortRuns(runs, sort, NOW)
    .map(({ runId }) => runId)
    .join('')
}

test('by creation, name, duration and best, either way', () => {
  expect({
    newest: order({ key: 'created', descending: true }),
    oldest: order({ key: 'created', descending: false }),
    names: order({ key: 'name', descending: false }),
    longest: order({ key: 'duration', descending: true }),
    best: order({ key: 'best', descending: true }),
    worst: order({ key: 'best', descending: false }),
  }).toEqual({ newest: 'bca', oldest: 'acb', names: 'cba', longest: 'bac', best: 'cab', worst: 'acb' })
})

test('less is better where the metric says so', () => {
  const losses = [runRecord('x', { best: loss(0.5) }), runRecord('y', { best: loss(0.2) })]
  expect(sortRuns(losses, { key: 'best', descending: true }, NOW).map(({ runId }) => runId)).toEqual(['y', 'x'])
})

test('the best of each metric is marked, ties too, a metric alone is not', () => {
  const judged = [
    runRecord('a', { best: accuracy(0.9) }),
    runRecord('b', { best: accuracy(0.7) }),
    runRecord('c', { best: accuracy(0.9) }),
    runRecord('d', { best: loss(0.1) }),
    runRecord('e'),
  ]
  expect([...bestRuns(judged)]).toEqual(['a', 'c'])
})

test('a live run lasts until now', () => {
  expect(runs.map((run) => durationOf(run, NOW))).toEqual([50, 100, 0])
})
