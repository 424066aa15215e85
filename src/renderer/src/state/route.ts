/** What the address says: the page, the picked run and its tab, so that reload, back, forward and links work. */
import type { RunId } from '../../../contract/terms.ts'

export const TABS = ['scalars', 'overview', 'config'] as const
export type Tab = (typeof TABS)[number]

export interface Route {
  readonly page: 'run' | 'new'
  readonly run: RunId | null
  readonly tab: Tab
  /** The run whose experiment the new one starts from. */
  readonly from: RunId | null
}

export function parseRoute(search: string): Route {
  const params = new URLSearchParams(search)
  const tab = params.get('tab')
  return {
    page: params.get('page') === 'new' ? 'new' : 'run',
    run: (params.get('run') || null) as RunId | null,
    tab: TABS.find((known) => known === tab) ?? 'scalars',
    from: (params.get('from') || null) as RunId | null,
  }
}

/** The query part, `?` included; empty for the plain address. */
export function formatRoute(route: Route): string {
  const params = new URLSearchParams()
  if (route.page === 'new') params.set('page', 'new')
  if (route.page === 'new' && route.from) params.set('from', route.from)
  if (route.run) params.set('run', route.run)
  if (route.tab !== 'scalars') params.set('tab', route.tab)
  const text = params.toString()
  return text && `?${text}`
}
