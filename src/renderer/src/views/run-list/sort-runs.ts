/** The order of the run list, and which runs of it hold the best value. */
import type { BestMetric, RunRecord } from '../../../../contract/run.ts'
import type { RunId } from '../../../../contract/terms.ts'

export const SORT_KEYS = ['created', 'name', 'best', 'duration'] as const
export type SortKey = (typeof SORT_KEYS)[number]
export interface Sort {
  readonly key: SortKey
  readonly descending: boolean
}

/** Newest, best and longest first; names from A. */
export const DEFAULT_SORT: Sort = { key: 'created', descending: true }

export function startsDescending(key: SortKey): boolean {
  return key !== 'name'
}

/** For `best`, descending means better first, whatever better is for the metric; runs without one come last. */
export function sortRuns(runs: readonly RunRecord[], sort: Sort, nowSecs: number): RunRecord[] {
  const sign = sort.descending ? -1 : 1
  const newestFirst = (a: RunRecord, b: RunRecord): number => b.createdAt - a.createdAt || (a.runId < b.runId ? -1 : 1)
  const compare: Record<SortKey, (a: RunRecord, b: RunRecord) => number> = {
    created: (a, b) => sign * (a.createdAt - b.createdAt),
    name: (a, b) => sign * names.compare(a.name, b.name),
    duration: (a, b) => sign * (durationOf(a, nowSecs) - durationOf(b, nowSecs)),
    best: (a, b) =>
      a.best && b.best ? sign * (goodness(a.best) - goodness(b.best)) : Number(!a.best) - Number(!b.best),
  }
  return [...runs].sort((a, b) => compare[sort.key](a, b) || newestFirst(a, b))
}

/** Ids of the runs with the best value of each metric that more than one of these runs is judged by. */
export function bestRuns(runs: readonly RunRecord[]): ReadonlySet<RunId> {
  const byTag = new Map<string, { count: number; top: number; runIds: RunId[] }>()
  for (const { runId, best } of runs) {
    if (!best) continue
    const value = goodness(best)
    const found = byTag.get(best.tag)
    if (!found) byTag.set(best.tag, { count: 1, top: value, runIds: [runId] })
    else {
      found.count += 1
      if (value === found.top) found.runIds.push(runId)
      if (value > found.top) Object.assign(found, { top: value, runIds: [runId] })
    }
  }
  return new Set([...byTag.values()].filter(({ count }) => count > 1).flatMap(({ runIds }) => runIds))
}

/** Seconds from start to end, or until now; 0 while queued. */
export function durationOf(run: RunRecord, nowSecs: number): number {
  if (run.startedAt === null) return 0
  return Math.max(0, (run.endedAt ?? nowSecs) - run.startedAt)
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function goodness({ direction, value }: BestMetric): number {
  return direction === 'max' ? value : -value
}
