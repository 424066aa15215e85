/** The file that a run is written to, line by line (`contract/journal.ts`). What a full disk does not take is kept and tried again. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEnd, JournalHead } from '../contract/journal.ts'

export interface Journal {
  /** @returns why it could not be written, else null */
  append(lines: readonly string[]): string | null
  /** Writes the last line. @returns as `append` */
  close(end: JournalEnd): string | null
}

/** What waits for a disk that takes nothing; bytes. */
const WAITING_LIMIT = 64 * 2 ** 20

/** @throws Error when the workspace cannot be written to. */
export function createJournal(workspace: string, id: string, head: JournalHead): Journal {
  const dir = join(workspace, 'inbox')
  const { file, failure } = openJournal(dir, id)
  if (file === null) throw new Error(`the workspace ${workspace} cannot be written to: ${failure}`)
  const waiting: Buffer[] = []
  let waitingBytes = 0

  const append = (lines: readonly string[]): string | null => {
    if (lines.length > 0) {
      const bytes = Buffer.from(`${lines.join('\n')}\n`)
      if (waitingBytes + bytes.length > WAITING_LIMIT) return `more than ${WAITING_LIMIT} bytes wait; points are lost`
      waiting.push(bytes)
      waitingBytes += bytes.length
    }
    try {
      for (let bytes = waiting[0]; bytes; bytes = waiting[0]) {
        const written = writeSync(file, bytes)
        waitingBytes -= written
        if (written === bytes.length) waiting.shift()
        else waiting[0] = bytes.subarray(written)
      }
      return null
    } catch (error) {
      return `it cannot be written now and is kept in memory: ${(error as Error).message}`
    }
  }

  const first = append([JSON.stringify(head)])
  if (first !== null) rmSync(join(dir, `${id}.jsonl`), { force: true })
  if (first !== null) throw new Error(`the workspace ${workspace} cannot be written to: ${first}`)
  return {
    append,
    close(end) {
      const trouble = append([JSON.stringify(end)])
      closeSync(file)
      return trouble
    },
  }
}

function openJournal(dir: string, id: string): { file: number | null; failure: string } {
  try {
    mkdirSync(dir, { recursive: true })
    return { file: openSync(join(dir, `${id}.jsonl`), 'ax', 0o600), failure: '' }
  } catch (error) {
    return { file: null, failure: (error as Error).message }
  }
}
