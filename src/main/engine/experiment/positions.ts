/** Where in the text of an experiment file a setting stands. */
import type { Document, LineCounter, Node, Pair } from 'yaml'
import { isAlias, isMap, isNode, isPair, isScalar, isSeq } from 'yaml'

export type KeyPath = readonly (string | number)[]

export interface Position {
  /** Both count from 1. */
  readonly line: number
  readonly column: number
}

export interface Positions {
  /** Of a setting's value, or of the nearest of its parents that stands in the text; null: nowhere. */
  of(path: KeyPath): Position | null
  /** Of a setting's key, else as `of`. */
  ofKey(path: KeyPath): Position | null
}

/** @param hidden settings whose values are not those in the text */
export function positionsIn(document: Document, lines: LineCounter, hidden: readonly KeyPath[]): Positions {
  const find = (path: KeyPath, end: 'key' | 'value'): Position | null => {
    if (hidden.some((prefix) => prefix.every((key, index) => String(key) === String(path[index])))) return null
    const offset = offsetOf(document, path, end)
    return offset === null ? null : positionAt(lines, offset)
  }
  return { of: (path) => find(path, 'value'), ofKey: (path) => find(path, 'key') }
}

export const NO_POSITIONS: Positions = { of: () => null, ofKey: () => null }

export function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function offsetOf(document: Document, path: KeyPath, end: 'key' | 'value'): number | null {
  let node: unknown = document.contents
  let offset: number | null = null
  for (const [index, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    const child = childOf(node, key)
    if (child === undefined) break
    const keyOffset = isPair(child) ? startOf(child.key) : startOf(child)
    node = isPair(child) ? child.value : child
    // Of lists and mappings the key: their value may begin lines below it.
    const wantsValue = end === 'value' && index === path.length - 1 && isScalar(node)
    offset = (wantsValue ? startOf(node) : null) ?? keyOffset ?? offset
  }
  return offset
}

function childOf(node: unknown, key: string | number): Pair | Node | undefined {
  if (isMap(node)) return node.items.find((pair) => keyText(pair) === String(key))
  if (!isSeq(node)) return undefined
  const item = node.items[Number(key)]
  return isNode(item) || isPair(item) ? item : undefined
}

/** The key as it becomes a property's name. */
export function keyText(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key)
}

/** An empty value has a place but no text: the key's place tells more. */
function startOf(node: unknown): number | null {
  if (!isNode(node) || !node.range) return null
  const [start, end] = node.range
  return end > start ? start : null
}
