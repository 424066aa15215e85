/** The route as state: reads the address, writes it, follows back and forward. */
import { formatRoute, parseRoute, type Route } from './route.ts'

export class RouteState {
  current = $state.raw<Route>(parseRoute(location.search))

  constructor() {
    addEventListener('popstate', () => (this.current = parseRoute(location.search)))
  }

  /** A new entry of the history, unless nothing changes. */
  go(change: Partial<Route>): void {
    this.#set(change, 'pushState')
  }

  /** For what the person did not choose, such as the first run picked at start. */
  replace(change: Partial<Route>): void {
    this.#set(change, 'replaceState')
  }

  #set(change: Partial<Route>, how: 'pushState' | 'replaceState'): void {
    const next = { ...this.current, ...change }
    const address = location.pathname + formatRoute(next)
    if (address !== location.pathname + location.search) history[how](null, '', address)
    this.current = next
  }
}
