import { expect, test } from 'vitest'
import { indentSelection, lineStart } from '../../../../src/renderer/src/views/new-run/edit-text.ts'

test('where a line starts', () => {
  expect([1, 2, 3, 9].map((line) => lineStart('ab\nc\n', line))).toEqual([0, 3, 5, 5])
})

test('selected lines move in and out as a whole, empty ones stay empty', () => {
  const text = 'a:\nb: 1\n\nc: 2\nd'
  const moved = indentSelection(text, 4, 12, false)
  expect(moved).toEqual({ text: 'a:\n  b: 1\n\n  c: 2\nd', start: 3, end: 17 })
  expect(indentSelection(moved.text, moved.start, moved.end, true)).toEqual({ text, start: 3, end: 13 })
})

test('a selection that ends at the start of a line leaves that line alone', () => {
  expect(indentSelection('a\nb\nc', 0, 2, false).text).toBe('  a\nb\nc')
})
