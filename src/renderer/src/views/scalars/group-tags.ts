/** Puts the tags of the drawn runs into groups by prefix, in the order a person looks at them. */
import type { RunId } from '../../../../contract/terms.ts'

export interface TagCard {
  readonly tag: string
  /** Of the drawn runs, those that have this tag. */
  readonly runIds: readonly RunId[]
}

export interface TagGroup {
  readonly name: string
  readonly cards: readonly TagCard[]
}

const FIRST = ['train', 'validation', 'test', 'epoch']
const LAST = ['time', 'system']
const OTHER = 'other'

/** `tagsOf` gives the tags of a run; groups and cards keep their place whatever the order of the runs. */
export function groupTags(runIds: readonly RunId[], tagsOf: (runId: RunId) => Iterable<string>): TagGroup[] {
  const byTag = new Map<string, RunId[]>()
  for (const runId of runIds) {
    for (const tag of tagsOf(runId)) {
      const holders = byTag.get(tag)
      if (holders) holders.push(runId)
      else byTag.set(tag, [runId])
    }
  }
  const groups = new Map<string, TagCard[]>()
  for (const [tag, holders] of [...byTag].sort(([a], [b]) => rankInGroup(a) - rankInGroup(b) || compare(a, b))) {
    const name = tag.includes('/') ? tag.slice(0, tag.indexOf('/')) : OTHER
    groups.set(name, [...(groups.get(name) ?? []), { tag, runIds: holders }])
  }
  return [...groups]
    .map(([name, cards]) => ({ name, cards }))
    .sort((a, b) => rankOfGroup(a.name) - rankOfGroup(b.name) || compare(a.name, b.name))
}

function rankOfGroup(name: string): number {
  if (FIRST.includes(name)) return FIRST.indexOf(name)
  if (LAST.includes(name)) return 1000 + LAST.indexOf(name)
  return name === OTHER ? 500 : 100
}

/** Loss first, then accuracy: what is looked at first. */
function rankInGroup(tag: string): number {
  const name = tag.slice(tag.indexOf('/') + 1)
  const rank = ['loss', 'accuracy'].indexOf(name)
  return rank < 0 ? 2 : rank
}

const collator = new Intl.Collator('en', { numeric: true })

function compare(a: string, b: string): number {
  return collator.compare(a, b)
}
