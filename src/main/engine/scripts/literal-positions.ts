/**
 * Where a setting stands in a script: the object literal that it exports is looked through, as far as it is literal. Of what
 * comes from a variable or a call, the place is that of the setting it was given to.
 */
import type { KeyPath, Position, Positions } from '../experiment/positions.ts'

interface Literal {
  /** Of the value, in characters of the text. */
  readonly start: number
  readonly kind: 'object' | 'array' | 'other'
  /** By key or index. */
  readonly entries: ReadonlyMap<string, { readonly keyStart: number; readonly value: Literal }>
}

const EXPORTED = /\bexperiment\s*(?:<[^>]*>)?\s*\(\s*(?=\{)|\bexport\s+default\s+(?=\{)/

/** @param hidden settings whose values are not those in the text */
export function positionsInScript(text: string, hidden: readonly KeyPath[] = []): Positions {
  const found = EXPORTED.exec(text)
  const root = found && createScanner(text).value(found.index + found[0].length)
  const find = (path: KeyPath, end: 'key' | 'value'): Position | null => {
    if (!root || hidden.some((prefix) => prefix.every((key, index) => String(key) === String(path[index])))) return null
    return positionAt(text, offsetOf(root.literal, path, end))
  }
  return { of: (path) => find(path, 'value'), ofKey: (path) => find(path, 'key') }
}

function offsetOf(root: Literal, path: KeyPath, end: 'key' | 'value'): number {
  let literal = root
  let offset = root.start
  for (const [index, key] of path.entries()) {
    const entry = literal.entries.get(String(key))
    if (!entry) break
    literal = entry.value
    const wantsValue = end === 'value' && index === path.length - 1 && literal.kind === 'other'
    offset = wantsValue ? literal.start : entry.keyStart
  }
  return offset
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

interface Scanner {
  /** The value that begins at or after `from`, and where the text goes on after it. */
  value(from: number): { literal: Literal; next: number }
}

function createScanner(text: string): Scanner {
  const skipBlank = (from: number): number => {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
    blank.lastIndex = from
    blank.exec(text)
    return blank.lastIndex
  }

  /** Behind the text literal that begins at `from`. */
  const skipQuoted = (from: number): number => {
    const quote = text[from]
    let at = from + 1
    while (at < text.length && text[at] !== quote) {
      if (text[at] === '\\') at += 2
      else if (quote === '`' && text.startsWith('${', at)) at = skipExpression(at + 2) + 1
      else at++
    }
    return at + 1
  }

  /** To the comma or closing bracket that ends the expression. */
  const skipExpression = (from: number): number => {
    let depth = 0
    let at = from
    while (at < text.length) {
      at = skipBlank(at)
      const char = text[at] ?? ''
      if (depth === 0 && /[,}\])]/.test(char)) return at
      if (/['"`]/.test(char)) {
        at = skipQuoted(at)
        continue
      }
      if (/[{[(]/.test(char)) depth++
      else if (/[}\])]/.test(char)) depth--
      at++
    }
    return at
  }

  const other = (start: number): { literal: Literal; next: number } => ({
    literal: { start, kind: 'other', entries: new Map() },
    next: skipExpression(start),
  })

  const value = (from: number): { literal: Literal; next: number } => {
    const start = skipBlank(from)
    if (text[start] !== '{' && text[start] !== '[') return other(start)
    const { literal, next } = text[start] === '{' ? object(start) : array(start)
    const after = skipBlank(next)
    // `[...].map(…)` and the like is a computed value, not this literal; `as const` and `satisfies` change nothing.
    if (/^(?:[,}\])]|as\b|satisfies\b|$)/.test(text.slice(after, after + 10))) {
      return { literal, next: skipExpression(after) }
    }
    return other(start)
  }

  const object = (start: number): { literal: Literal; next: number } => {
    const entries = new Map<string, { keyStart: number; value: Literal }>()
    let at = skipBlank(start + 1)
    while (at < text.length && text[at] !== '}') {
      const key = /(?:([\w$]+)|'([^'\n]*)'|"([^"\n]*)")/y
      key.lastIndex = at
      const found = key.exec(text)
      const colon = found ? skipBlank(key.lastIndex) : at
      if (found && text[colon] === ':') {
        const { literal, next } = value(colon + 1)
        entries.set(found[1] ?? found[2] ?? found[3] ?? '', { keyStart: at, value: literal })
        at = next
      } else {
        const { literal, next } = other(at)
        if (found?.[1] !== undefined) entries.set(found[1], { keyStart: at, value: literal })
        at = next
      }
      if (text[at] !== ',' && text[at] !== '}') break
      if (text[at] === ',') at = skipBlank(at + 1)
    }
    return { literal: { start, kind: 'object', entries }, next: at + 1 }
  }

  const array = (start: number): { literal: Literal; next: number } => {
    const entries = new Map<string, { keyStart: number; value: Literal }>()
    let at = skipBlank(start + 1)
    let counted = true
    for (let index = 0; at < text.length && text[at] !== ']'; index++) {
      if (text.startsWith('...', at)) counted = false // how many it stands for is not in the text
      const { literal, next } = value(at)
      if (counted) entries.set(String(index), { keyStart: at, value: literal })
      at = next
      if (text[at] !== ',' && text[at] !== ']') break
      if (text[at] === ',') at = skipBlank(at + 1)
    }
    return { literal: { start, kind: 'array', entries }, next: at + 1 }
  }

  return { value }
}
