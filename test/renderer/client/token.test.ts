import { expect, test } from 'vitest'
import { takeToken, type TokenPlaces } from '../../../src/renderer/src/client/token.ts'

function places(hash: string, stored: string | null = null): TokenPlaces & { log: string[] } {
  const log: string[] = []
  return {
    log,
    location: { hash, pathname: '/', search: '?run=a' },
    history: { replaceState: (_state, _title, url) => void log.push(`url ${String(url)}`) },
    sessionStorage: {
      getItem: () => stored,
      setItem: (_key, value) => void log.push(`kept ${value}`),
    },
  }
}

test('the token of the address is kept for the tab and leaves the address, which keeps the view', () => {
  const given = places('#t=s3cret')
  expect([takeToken(given), given.log]).toEqual(['s3cret', ['kept s3cret', 'url /?run=a']])
})

test('without one in the address the kept one serves', () => {
  const given = places('', 'kept')
  expect([takeToken(given), given.log]).toEqual(['kept', []])
})

test('the window’s own token comes first, and nothing of it is stored', () => {
  const given = { ...places('#t=other'), minima: { token: 'bridge' } }
  expect([takeToken(given), given.log]).toEqual(['bridge', []])
})

test('there may be none', () => {
  expect(takeToken(places('#nothing'))).toBeNull()
})
