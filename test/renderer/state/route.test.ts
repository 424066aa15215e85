import { expect, test } from 'vitest'
import { formatRoute, parseRoute } from '../../../src/renderer/src/state/route.ts'

test.each([
  '',
  '?run=a',
  '?run=a&tab=overview',
  '?page=new',
  '?page=new&from=a',
  '?page=new&run=b&tab=config',
  '?page=settings&run=b',
])('%s is read and written alike', (search) => {
  expect(formatRoute(parseRoute(search))).toBe(search)
})

test('what is not known falls back, and what says nothing is left out', () => {
  expect(parseRoute('?page=old&tab=hparams&other=1')).toEqual({ page: 'run', run: null, tab: 'scalars', from: null })
  expect(formatRoute(parseRoute('?page=run&run=a&tab=scalars&from=b'))).toBe('?run=a')
})
