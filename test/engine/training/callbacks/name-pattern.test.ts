import { expect, test } from 'vitest'
import { monitorName } from '../../../../src/main/engine/training/callbacks/monitor.ts'
import { fillPattern } from '../../../../src/main/engine/training/callbacks/name-pattern.ts'

test.each([
  ['{epoch}', '7'],
  ['{epoch:02d}-{val_loss:.2f}', '07-0.35'],
  ['{validation/loss:.3f}', '0.346'],
  ['{loss:.2e}', '1.25e-04'],
  ['{val_loss:08.3f}', '0000.346'],
  ['{val_loss:.2g} of {val_loss}', '0.35 of 0.3456'],
  ['plain', 'plain'],
])('%s is filled in as Python does', (pattern, name) => {
  expect(fillPattern(pattern, { epoch: 7, val_loss: 0.3456, loss: 0.000125 })).toBe(name)
})

test('a figure that is not there is named', () => {
  expect(() => fillPattern('{val_auc}', { epoch: 1 })).toThrow('{val_auc}: there is no figure val_auc; there are epoch')
})

test.each([
  ['val_loss', 'val_loss'],
  ['validation/loss', 'val_loss'],
  ['valLoss', 'val_loss'],
  ['epoch/accuracy', 'accuracy'],
  ['train/loss', 'loss'],
  ['val_mean_absolute_error', 'val_meanAbsoluteError'],
  ['valMeanAbsoluteError', 'val_meanAbsoluteError'],
  ['learning_rate', 'learning_rate'],
  ['value', 'value'],
])('the figure %s is %s', (given, name) => {
  expect(monitorName(given)).toBe(name)
})
