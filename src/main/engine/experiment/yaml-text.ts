/** YAML to plain values, with what is wrong with it as problems and the place of everything in it. */
import type { Document } from 'yaml'
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Problem } from '../../../contract/requests.ts'
import type { KeyPath, Position } from './positions.ts'
import { keyText, positionAt } from './positions.ts'
import { makeProblem } from './problems.ts'

export interface YamlText {
  /** Of no use when there are problems. */
  readonly value: unknown
  readonly document: Document
  readonly lines: LineCounter
  readonly problems: readonly Problem[]
}

/** JSON is YAML too. Never throws. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  // Only the first: after one slip YAML stumbles over what follows.
  const [error] = document.errors
  if (error !== undefined) {
    const message = `this is not YAML: ${error.message.replace(/\s+/g, ' ')}`
    const problems = [makeProblem('', positionAt(lines, error.pos[0]), message)]
    return { value: null, document, lines, problems }
  }
  try {
    return { value: document.toJS(), document, lines, problems: repeatedKeys(document.contents, lines, []) }
  } catch (error) {
    return { value: null, document, lines, problems: [makeProblem('', null, (error as Error).message)] }
  }
}

function repeatedKeys(node: unknown, lines: LineCounter, path: KeyPath): Problem[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => repeatedKeys(item, lines, [...path, index]))
  if (!isMap(node)) return []
  const first = new Map<string, Position | null>()
  return node.items.flatMap((pair) => {
    const key = keyText(pair)
    const offset = (pair.key as { range?: [number, number, number] | null } | null)?.range?.[0]
    const position = offset === undefined ? null : positionAt(lines, offset)
    const earlier = first.get(key)
    const below = repeatedKeys(pair.value, lines, [...path, key])
    if (earlier === undefined) {
      first.set(key, position)
      return below
    }
    const since = earlier === null ? '' : `; it is on line ${earlier.line} already`
    return [makeProblem([...path, key], position, `this key is given twice${since}`), ...below]
  })
}
