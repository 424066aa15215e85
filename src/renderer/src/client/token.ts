/** Where the page gets the engine's token from; it leaves the URL at once, so that no link to a view holds it. */

const KEY = 'minima.token'

export interface TokenPlaces {
  readonly minima?: { readonly token: string }
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>
  readonly history: Pick<History, 'replaceState'>
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem'>
}

/** The bridge's token in the window; else the one of `#t=`, kept for the tab's life; null when there is none. */
export function takeToken({ minima, location, history, sessionStorage }: TokenPlaces): string | null {
  if (minima) return minima.token
  const given = new URLSearchParams(location.hash.slice(1)).get('t')
  if (!given) return sessionStorage.getItem(KEY)
  sessionStorage.setItem(KEY, given)
  history.replaceState(null, '', location.pathname + location.search)
  return given
}
