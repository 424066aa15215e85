/** From the bytes of a journal to its lines. */
import { closeSync, openSync, readSync } from 'node:fs'
import { LINE_LIMIT } from '../../../contract/journal.ts'

export interface JournalPart {
  /** Parsed JSON; undefined for a line that is none. */
  readonly lines: readonly unknown[]
  /** Of these lines, their line breaks included. */
  readonly bytes: number
  /** More bytes than a line may have, and no line break among them. */
  readonly endless: boolean
}

const LINE_BREAK = 10

/** The complete lines that begin at byte `from`, as far as `LINE_LIMIT` bytes reach. */
export function readLines(path: string, from: number): JournalPart {
  const buffer = Buffer.allocUnsafe(LINE_LIMIT)
  const file = openSync(path, 'r')
  let filled = 0
  try {
    filled = readSync(file, buffer, 0, LINE_LIMIT, from)
  } finally {
    closeSync(file)
  }
  const bytes = buffer.subarray(0, filled).lastIndexOf(LINE_BREAK) + 1
  const texts = bytes === 0 ? [] : buffer.toString('utf8', 0, bytes - 1).split('\n')
  return { lines: texts.map(parseLine), bytes, endless: bytes === 0 && filled === LINE_LIMIT }
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
