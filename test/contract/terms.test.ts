import { expect, test } from 'vitest'
import { directionOf } from '../../src/contract/terms.ts'

test.each([
  ['validation/accuracy', 'max'],
  ['val_auc', 'max'],
  ['test/r2Score', 'max'],
  ['train/loss', 'min'],
  ['validation/meanSquaredError', 'min'],
] as const)('%s is better when it is %s', (tag, direction) => {
  expect(directionOf(tag)).toBe(direction)
})
