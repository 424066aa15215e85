import { expect, test } from 'vitest'
import { otherXText, xText } from '../../../../src/renderer/src/views/scalars/x-text.ts'

test('an x in the words of its axis', () => {
  expect([xText('step', 24_239), xText('epoch', 14.1), xText('relative', 252)]).toEqual([
    'step 24,239',
    'epoch 14.10',
    '4m 12s',
  ])
})

test('steps and epochs tell each other', () => {
  expect([
    otherXText('step', 24_239, 1719),
    otherXText('epoch', 2, 172),
    otherXText('step', 5, null),
    otherXText('wall', 5, 172),
  ]).toEqual(['epoch 14.10', 'step 344', null, null])
})
