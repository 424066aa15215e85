/** Settings: any JSON by key. */
import { expect, test } from 'vitest'
import { temporaryStore } from './temporary-workspace.ts'

test('what was written last is read; what never was is undefined', () => {
  const { settings } = temporaryStore()
  settings.write('theme', 'dark')
  settings.write('charts', { smoothing: 0.6, pinned: ['train/loss'], note: null })
  settings.write('theme', { follow: true })
  settings.write('nothing', undefined)
  expect(['theme', 'charts', 'nothing', 'other'].map((key) => settings.read(key))).toEqual([
    { follow: true },
    { smoothing: 0.6, pinned: ['train/loss'], note: null },
    null,
    undefined,
  ])
})
