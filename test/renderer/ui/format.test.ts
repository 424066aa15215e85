import { expect, test } from 'vitest'
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatFileSize,
  formatShortCount,
  formatTime,
  formatValue,
} from '../../../src/renderer/src/ui/format.ts'

test('values have four significant digits and keep their zeros', () => {
  const values = [0.891, 0.12345, 12.3456, 1234.56, 51_570, 0, 3, -0.5, 0.00012, 0.000012345, 12_345_678, NaN, Infinity]
  expect(values.map(formatValue)).toEqual([
    '0.8910',
    '0.1235',
    '12.35',
    '1235',
    '51,570',
    '0',
    '3',
    '-0.5000',
    '0.0001200',
    '1.234e-5',
    '1.235e+7',
    'NaN',
    'Infinity',
  ])
})

test('a value that rounds up to five digits is grouped', () => {
  expect(formatValue(9999.7)).toBe('10,000')
})

test('durations', () => {
  const secs = [0, 0.44, 9.96, 59.4, 59.6, 252, 3599.6, 3720, 90_000]
  expect(secs.map(formatDuration)).toEqual([
    '0.0s',
    '0.4s',
    '10s',
    '59s',
    '1m 00s',
    '4m 12s',
    '1h 00m',
    '1h 02m',
    '1d 01h',
  ])
})

test('counts', () => {
  expect([1000, 266_610].map(formatCount)).toEqual(['1,000', '266,610'])
  expect([950, 9999, 12_000, 17_460, 999_600, 3.2e6, 1e9].map(formatShortCount)).toEqual([
    '950',
    '9,999',
    '12k',
    '17.5k',
    '1 M',
    '3.2 M',
    '1 G',
  ])
})

test('sizes of memory', () => {
  expect([512 * 2 ** 20, 8 * 2 ** 30].map(formatBytes)).toEqual(['512 MB', '8.00 GB'])
})

test('how long ago, then the date', () => {
  const now = new Date(2026, 6, 31, 14, 3, 22).getTime() / 1000
  expect([now - 5, now - 300, now - 7300, now - 90_000].map((time) => formatAgo(time, now))).toEqual([
    'just now',
    '5 m ago',
    '2 h ago',
    '2026-07-30 13:03',
  ])
  expect(formatTime(now)).toBe('2026-07-31 14:03:22')
})

test('files are counted in thousands, as pip counts them', () => {
  expect([0, 350e3, 9.94e6, 9.96e6, 274e6, 999.4e6, 999.6e6, 3.4e9].map(formatFileSize)).toEqual([
    '0.0 MB',
    '0.3 MB',
    '9.9 MB',
    '10 MB',
    '274 MB',
    '999 MB',
    '1.00 GB',
    '3.40 GB',
  ])
})
