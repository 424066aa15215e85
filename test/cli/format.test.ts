import { expect, test } from 'vitest'
import { formatBytes, formatDuration, formatNumber, formatTable } from '../../src/main/cli/format.ts'

test.each([
  [0.123456, '0.1235'],
  [12, '12'],
  [1719, '1719'],
  [0.000012345, '1.234e-5'],
  [1234567.8, '1.235e+6'],
  [0, '0'],
  [NaN, 'NaN'],
  [null, '–'],
])('%s is shown as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text)
})

test.each([
  [0.25, '0.3 s'],
  [42, '42 s'],
  [252, '4 m 12 s'],
  [3725, '1 h 02 m'],
])('%s seconds are %s', (secs, text) => {
  expect(formatDuration(secs)).toBe(text)
})

test.each([
  [86_104, '86 kB'],
  [273_829_956, '274 MB'],
  [3.38e9, '3.4 GB'],
])('%s bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('tables line up, numbers to the right', () => {
  expect(
    formatTable(
      ['tag', 'last'],
      [
        ['loss', '0.5'],
        ['accuracy', '0.91'],
      ],
      [1],
    ),
  ).toBe(['tag       last', '────────  ────', 'loss       0.5', 'accuracy  0.91'].join('\n'))
})
