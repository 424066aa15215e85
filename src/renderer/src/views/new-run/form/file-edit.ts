/** Changes of single settings in the text of an experiment file; comments and all that is not touched stay as they are. */
import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml'

export type Path = readonly (string | number)[]

/** What the text says, or null when it is no YAML: forms then wait until it is. */
export function readFile(text: string): Record<string, unknown> | null {
  const document = parseDocument(text)
  if (document.errors.length > 0 || !isMap(document.contents)) return null
  return document.toJS() as Record<string, unknown>
}

/** @param value undefined: the setting is left out */
export function setSetting(text: string, path: Path, value: unknown): string {
  return (
    replaceScalar(text, path, value) ??
    edit(text, (document) => {
      if (value === undefined) document.deleteIn(path)
      else document.setIn(path, createNode(document, value))
    })
  )
}

/** One number or name in the place of another, with not a blank elsewhere changed; null: it is more than that. */
function replaceScalar(text: string, path: Path, value: unknown): string | null {
  if (value === undefined || (typeof value === 'object' && value !== null)) return null
  const node = parseDocument(text).getIn(path, true)
  if (!isScalar(node) || !node.range) return null
  const [from, to] = node.range
  return text.slice(0, from) + flow(value) + text.slice(to)
}

/** Puts an entry before the one at `index`, or at the end. */
export function insertEntry(text: string, path: Path, index: number, value: unknown): string {
  return edit(text, (document) => {
    const list = document.getIn(path)
    if (isSeq(list)) list.items.splice(index, 0, createNode(document, value))
    else document.setIn(path, createNode(document, [value]))
  })
}

export function removeEntry(text: string, path: Path, index: number): string {
  return edit(text, (document) => document.deleteIn([...path, index]))
}

export function moveEntry(text: string, path: Path, from: number, to: number): string {
  return edit(text, (document) => {
    const list = document.getIn(path)
    if (!isSeq(list)) return
    const [entry] = list.items.splice(from, 1)
    if (entry !== undefined) list.items.splice(to, 0, entry)
  })
}

/** What a person typed into a field for any value: `0.01`, `relu`, `{type: huber, delta: 2}`, `[a, b]`. @throws when it is no YAML */
export function parseValue(typed: string): unknown {
  if (typed.trim() === '') return undefined
  const document = parseDocument(typed)
  const [error] = document.errors
  if (error) throw new Error(error.message.split('\n')[0])
  return document.toJS() as unknown
}

/** The other way: on one line. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'object') return flow(value)
  return String(value)
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}: ${flow(inner)}`)
      .join(', ')}}`
  }
  return typeof value === 'string' && !/^[\w./ -]+$/.test(value) ? JSON.stringify(value) : String(value)
}

function edit(text: string, change: (document: Document) => void): string {
  const document = parseDocument(text)
  change(document)
  return tightLists(document.toString({ lineWidth: 0, flowCollectionPadding: true }))
}

/** `[a, b]` and `{ a: b }`, as the examples have them; lines with quotes or comments are left alone. */
function tightLists(text: string): string {
  return text
    .split('\n')
    .map((line) => (/["'#]/.test(line) ? line : line.replace(/\[ (?=\S)/g, '[').replace(/(\S) \]/g, '$1]')))
    .join('\n')
}

/** Entries of lists on one line each, as the examples have them. */
function createNode(document: Document, value: unknown) {
  const node = document.createNode(value)
  if (isMap(node)) node.flow = true
  if (isSeq(node)) {
    const ofScalars = Array.isArray(value) && value.every((entry) => typeof entry !== 'object')
    node.flow = ofScalars
    for (const item of node.items) if (isMap(item)) item.flow = true
  }
  return node
}
