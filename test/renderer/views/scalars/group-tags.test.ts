import { expect, test } from 'vitest'
import type { RunId } from '../../../../src/contract/terms.ts'
import { groupTags } from '../../../../src/renderer/src/views/scalars/group-tags.ts'

test('groups by prefix in the order they are looked at, loss before accuracy, each card with the runs that have it', () => {
  const tags: Record<string, string[]> = {
    a: ['system/cpu', 'time/ms_per_step', 'train/accuracy', 'train/loss', 'lr', 'gan/g10', 'gan/g2'],
    b: ['validation/loss', 'train/loss', 'epoch/loss', 'test/loss'],
  }
  const groups = groupTags(['a', 'b'] as RunId[], (runId) => tags[runId] ?? [])
  expect(
    groups.map(({ name, cards }) => [name, ...cards.map(({ tag, runIds }) => `${tag} ${runIds.join('')}`)]),
  ).toEqual([
    ['train', 'train/loss ab', 'train/accuracy a'],
    ['validation', 'validation/loss b'],
    ['test', 'test/loss b'],
    ['epoch', 'epoch/loss b'],
    ['gan', 'gan/g2 a', 'gan/g10 a'],
    ['other', 'lr a'],
    ['time', 'time/ms_per_step a'],
    ['system', 'system/cpu a'],
  ])
})
