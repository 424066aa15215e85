import { expect, test } from 'vitest'
import { numberTicks, relativeTicks, wallTicks, type Tick } from '../../../src/renderer/src/charts/ticks.ts'

function labels(ticks: readonly Tick[]): string[] {
  return ticks.map(({ label }) => label)
}
const linear = (from: number, to: number) => ({ kind: 'linear' as const, from, to })
const log = (from: number, to: number) => ({ kind: 'log' as const, from, to })

test.each([
  [linear(0, 1), 5, ['0', '0.2', '0.4', '0.6', '0.8', '1.0']],
  [linear(0.823, 0.851), 5, ['0.825', '0.830', '0.835', '0.840', '0.845', '0.850']],
  [linear(-1, 1), 4, ['-1.0', '-0.5', '0', '0.5', '1.0']],
  [linear(0, 51_600), 5, ['0', '10k', '20k', '30k', '40k', '50k']],
  [linear(24_000, 25_500), 4, ['24k', '24.5k', '25k', '25.5k']],
  [linear(0, 3e6), 3, ['0', '1M', '2M', '3M']],
  [linear(0, 4e-5), 4, ['0', '1e-5', '2e-5', '3e-5', '4e-5']],
  [log(0.01, 1000), 5, ['0.01', '0.1', '1', '10', '100', '1000']],
  [log(1, 50), 6, ['1', '2', '5', '10', '20', '50']],
  [log(1, 4), 3, ['1', '2', '3', '4']],
  [log(1e-9, 1e9), 3, ['1e-6', '1', '1M']],
] as const)('%o with about %d', (scale, count, expected) => {
  expect(labels(numberTicks(scale, count))).toEqual(expected)
})

test('values are round: what is counted up does not drift', () => {
  expect(numberTicks(linear(0, 0.35), 4).map(({ value }) => value)).toEqual([0, 0.1, 0.2, 0.3])
})

test('seconds since the start, at round times', () => {
  expect(labels(relativeTicks(linear(0, 100), 4))).toEqual(['0', '30s', '1m', '1m 30s'])
  expect(labels(relativeTicks(linear(0, 8000), 3))).toEqual(['0', '1h', '2h'])
  expect(labels(relativeTicks(linear(0, 2), 4))).toEqual(['0', '0.5s', '1.0s', '1.5s', '2.0s'])
})

test('times of day at round local times, the date at midnight', () => {
  const evening = new Date(2026, 6, 31, 22, 50).getTime() / 1000
  expect(labels(wallTicks(linear(evening, evening + 7200), 4))).toEqual(['23:00', '23:30', '08-01', '00:30'])
  expect(labels(wallTicks(linear(evening, evening + 30), 3))).toEqual(['22:50:00', '22:50:10', '22:50:20', '22:50:30'])
  expect(labels(wallTicks(linear(evening, evening + 3 * 86_400), 3))).toEqual(['08-01', '08-02', '08-03'])
})
