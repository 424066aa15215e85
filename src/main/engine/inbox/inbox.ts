/**
 * Takes in what programs of their own log: watches `<workspace>/inbox`, stores each journal's new lines with the number of
 * bytes that were read in one transaction, so that every point is stored once however often the engine dies, and ends the
 * run when the journal says so or its program is gone.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { MinimaError, type ErrorRecord } from '../../../contract/errors.ts'
import {
  INBOX_DIR,
  JOURNAL_ENDING,
  journalHead,
  journalLine,
  type JournalEnd,
  type JournalHead,
  type JournalLine,
} from '../../../contract/journal.ts'
import type { LogRecord } from '../../../contract/log-record.ts'
import { runId, type RunId } from '../../../contract/terms.ts'
import { isAlive } from '../../process-identity.ts'
import type { EventBus } from '../event-bus.ts'
import { freeName } from '../run-manager.ts'
import type { Store } from '../store/store.ts'
import { readLines } from './journal-lines.ts'

export interface InboxOptions {
  readonly store: Store
  readonly bus: EventBus
  readonly workspaceDir: string
}

export interface Inbox {
  /** Takes in what is there now. */
  poll(): void
  close(): void
}

interface Journal {
  readonly id: RunId
  readonly path: string
  /** null until its first line was read. */
  head: JournalHead | null
  bytes: number
  /** What sort of figure the run is judged by so far. */
  judgedBy: 'nothing' | 'any figure' | 'a validation figure'
}

/** While somebody logs, and while nobody does. */
const BUSY_MS = 100
const IDLE_MS = 500

/** What lies in the inbox already is taken in before it returns. */
export function openInbox({ store, bus, workspaceDir }: InboxOptions): Inbox {
  const dir = join(workspaceDir, INBOX_DIR)
  const journals = new Map<string, Journal>()
  let timer: NodeJS.Timeout | undefined

  const tell = (id: RunId): void => {
    const run = store.runs.getRecord(id)
    if (run) bus.emit('runChanged', { run })
  }

  const judge = (journal: Journal, tags: readonly string[]): void => {
    const validation = tags.find((tag) => /^val/i.test(tag))
    const tag = validation ?? tags[0]
    const better = journal.judgedBy === 'nothing' || (journal.judgedBy === 'any figure' && validation !== undefined)
    if (tag === undefined || !better || journal.head?.headline) return
    journal.judgedBy = validation === undefined ? 'any figure' : 'a validation figure'
    store.runs.update(journal.id, { headlineTag: tag })
    tell(journal.id)
  }

  const open = (name: string): Journal => {
    const id = runId.parse(name.slice(0, -JOURNAL_ENDING.length))
    const path = join(dir, name)
    const bytes = store.journals.bytesTaken(id)
    const journal: Journal = { id, path, head: null, bytes: 0, judgedBy: 'nothing' }
    if (bytes > 0) {
      // Another engine began it and marked it crashed with all that was live when this one came up.
      journal.head = journalHead.safeParse(readLines(path, 0).lines[0]).data ?? null
      journal.bytes = bytes
      judge(
        journal,
        store.listSeries(id).map(({ tag }) => tag),
      )
      store.runs.update(id, { state: 'running', endedAt: null, error: null })
      tell(id)
    }
    journals.set(name, journal)
    return journal
  }

  const begin = (journal: Journal, head: JournalHead): void => {
    journal.head = head
    if (store.runs.getRecord(journal.id)) return
    store.runs.insert({
      runId: journal.id,
      name: freeName(store, head.name),
      experiment: head.experiment,
      state: 'running',
      createdAt: head.createdAt,
      startedAt: head.createdAt,
      hparams: head.hparams,
      headlineTag: head.headline,
      environment: head.environment,
    })
    tell(journal.id)
  }

  const end = (name: string, { id, path }: Journal, { state, error, at }: Omit<JournalEnd, 'kind'>): void => {
    const figures = store.listSeries(id).flatMap(({ tag, last }) => (last.value === null ? [] : [[tag, last.value]]))
    store.runs.update(id, {
      state,
      endedAt: at,
      error: error && errorRecord(state, error),
      metrics: Object.fromEntries(figures) as Record<string, number>,
    })
    store.writer(id).seal()
    journals.delete(name)
    rmSync(path, { force: true })
    tell(id)
  }

  const note = (id: RunId, notice: string): void => {
    const notices = store.runs.get(id)?.notices ?? []
    if (!notices.includes(notice)) store.runs.update(id, { notices: [...notices, notice] })
  }

  /** @returns whether there may be more to read at once */
  const read = (name: string, journal: Journal): boolean => {
    const { id, path } = journal
    const alive = journal.head === null || isAlive(journal.head.process)
    const part = statSync(path).size > journal.bytes ? readLines(path, journal.bytes) : null
    if (part === null || part.bytes === 0) {
      if (part?.endless) throw new MinimaError('bad-request', `${path} is no journal of minima-lab`)
      if (!alive) end(name, journal, crashed(store, id))
      return false
    }
    let given = part.lines
    if (journal.head === null) {
      const head = journalHead.safeParse(given[0])
      if (!head.success) throw new MinimaError('bad-request', `${path} is no journal of minima-lab`)
      begin(journal, head.data)
      given = given.slice(1)
    }
    const lines = given.flatMap((line) => journalLine.safeParse(line).data ?? [])
    const records = lines.flatMap((line) => toRecord(line) ?? [])
    const bytes = journal.bytes + part.bytes
    const tags = store.writer(id).append(records, () => store.journals.take(id, bytes))
    journal.bytes = bytes
    if (lines.length < given.length) note(id, 'Lines of its journal were damaged and left out')
    judge(journal, tags)
    if (tags.length > 0) bus.emit('seriesGrew', { runId: id, tags, newestWallTime: newestWallTime(records) })
    const last = lines.find((line) => line.kind === 'end')
    if (last) end(name, journal, last)
    return !last
  }

  const setAside = (name: string, error: MinimaError): void => {
    renameSync(join(dir, name), join(dir, `${name}.damaged`))
    const id = journals.get(name)?.id
    if (id === undefined || !store.runs.getRecord(id)) return
    store.runs.update(id, { state: 'failed', error: error.toRecord(), endedAt: crashed(store, id).at })
    tell(id)
  }

  const poll = (): void => {
    for (const name of namesIn(dir)) {
      try {
        const journal = journals.get(name) ?? open(name)
        while (read(name, journal));
      } catch (error) {
        // A disk that is full or a file that is gone may be another tomorrow: what is not a journal stays none.
        if (error instanceof MinimaError && error.code === 'bad-request') setAside(name, error)
        if (!isThere(join(dir, name))) journals.delete(name)
      }
    }
  }

  const schedule = (): void => {
    timer = setTimeout(
      () => {
        poll()
        schedule()
      },
      journals.size > 0 ? BUSY_MS : IDLE_MS,
    )
    timer.unref()
  }

  mkdirSync(dir, { recursive: true })
  poll()
  schedule()
  return { poll, close: () => clearTimeout(timer) }
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => name.endsWith(JOURNAL_ENDING))
  } catch {
    return [] // somebody deleted the folder; createRun makes it again
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** A program that is gone ended when it logged last. */
function crashed(store: Store, id: RunId): Omit<JournalEnd, 'kind'> {
  const times = store.listSeries(id).map(({ last }) => last.wallTime)
  const run = store.runs.getRecord(id)
  const error = { message: 'its program ended without a word', stack: null }
  return { state: 'crashed', error, at: Math.max(run?.createdAt ?? 0, ...times) }
}

function errorRecord(state: JournalEnd['state'], { message, stack }: NonNullable<JournalEnd['error']>): ErrorRecord {
  const code = state === 'crashed' ? 'trainer-died' : 'internal'
  return { code, message, ...(stack !== null && { details: { stack } }) }
}

function toRecord(line: JournalLine): LogRecord | null {
  if (line.kind === 'end') return null
  if (line.kind === 'histogram') {
    return { ...line, edges: Float64Array.from(line.edges), counts: Float64Array.from(line.counts) }
  }
  return {
    kind: 'scalars',
    tag: line.tag,
    steps: Float64Array.from(line.steps),
    wallTimes: Float64Array.from(line.wallTimes),
    values: Float64Array.from(line.values, Number),
  }
}

function newestWallTime(records: readonly LogRecord[]): number {
  const times = records.map((record) => (record.kind === 'scalars' ? (record.wallTimes.at(-1) ?? 0) : record.wallTime))
  return Math.max(0, ...times)
}
