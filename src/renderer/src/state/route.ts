/** What the address says: the page, the picked run and its tab, so that reload, back, forward and links work. */
import type { RunId } from '../../../contract/terms.ts'

export const TABS = ['scalars', 'overview', 'config'] as const
export type Tab = (typeof TABS)[number]

export const PAGES = ['run', 'new', 'settings'] as const
export type PageName = (typeof PAGES)[number]

export interface Route {
  readonly page: PageName
  readonly run: RunId | null
  readonly tab: Tab
  /** The run whose experiment the new one starts from. */
  readonly from: RunId | null
}

export function parseRoute(search: string): Route {
  const params = new URLSearchParams(search)
  const tab = params.get('tab')
  const page = params.get('page')
  return {
    page: PAGES.find((known) => known === page) ?? 'run',
    run: (params.get('run') || null) as RunId | null,
    tab: TABS.find((known) => known === tab) ?? 'scalars',
    from: (params.get('from') || null) as RunId | null,
  }
}

/** The query part, `?` included; empty for the plain address. */
export function formatRoute(route: Route): string {
  const params = new URLSearchParams()
  if (route.page !== 'run') params.set('page', route.page)
  if (route.page === 'new' && route.from) params.set('from', route.from)
  if (route.run) params.set('run', route.run)
  if (route.tab !== 'scalars') params.set('tab', route.tab)
  const text = params.toString()
  return text && `?${text}`
}
