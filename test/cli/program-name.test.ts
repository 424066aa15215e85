import { expect, test } from 'vitest'
import { asTyped } from '../../src/main/cli/program-name.ts'

const TEXT =
  'it is not set up (`apt-get install -y g++ && minima setup tensorflow`, or `minima doctor`); minima says so'

test('under npm a command is named as it can be typed there', () => {
  expect(asTyped(TEXT, { npm_lifecycle_event: 'minima' })).toBe(
    'it is not set up (`apt-get install -y g++ && npm run minima -- setup tensorflow`, or `npm run minima -- doctor`); minima says so',
  )
})

test('elsewhere it is what it is', () => {
  expect(asTyped(TEXT, {})).toBe(TEXT)
})
