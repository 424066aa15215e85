import { expect, it } from 'vitest'
import { folderOf, joinPath } from '../../../../src/renderer/src/views/new-run/form/paths.ts'

it.each([
  ['.', 'a.csv', 'a.csv'],
  ['data', '../a.csv', 'a.csv'],
  ['..', '..', '../..'],
  ['../resources', './data/a.csv', '../resources/data/a.csv'],
  ['/home/ada', '../bob', '/home/bob'],
  ['/', '..', '/'],
  ['.', '.', '.'],
  ['data', '/abs/a.csv', '/abs/a.csv'],
  ['data', 'C:\\data\\a.csv', 'C:\\data\\a.csv'],
])('%s and %s is %s', (folder, path, joined) => {
  expect(joinPath(folder, path)).toBe(joined)
})

it('a file is in a folder', () => {
  expect(['a.csv', 'data/a.csv', '/a.csv', 'C:\\data\\a.csv'].map(folderOf)).toEqual(['.', 'data', '/', 'C:\\data'])
})
