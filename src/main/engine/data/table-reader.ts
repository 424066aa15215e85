/**
 * From rows of cells, wherever they come from, to numbers: features and target columns, row-major. Columns that hold
 * categories are kept as numbers of the texts met so far; what they stand for is decided once all rows are in.
 */
import type { MinimaError } from '../../../contract/errors.ts'
import { closestName } from './closest-name.ts'
import type { SettingPath } from './data-error.ts'
import { GrowingArray } from './growing-array.ts'
import { NONE_MISSING, type MissingRule, type MissingRules } from './missing-rules.ts'
import { RowHash } from './row-keys.ts'

/** Which columns are wanted, and which of them hold categories rather than numbers. */
export interface TableRequest {
  readonly target: readonly string[]
  /** The column of how much rows count. */
  readonly weights?: string | undefined
  /** null: all but the target. */
  readonly features: readonly string[] | null
  readonly categories: ReadonlySet<string>
  /** Those of the categories that hold texts as people write them: an empty one is a text too. */
  readonly freeTexts?: ReadonlySet<string>
  /** Without it an empty cell is an error. */
  readonly missing?: MissingRules
  /** Columns of which a row's key is made, the last number of the row; null: all that the file has. Without it rows have no key. */
  readonly key?: readonly string[] | null
}

/** What a row of numbers ends with, after its features. */
export interface RowEnd {
  readonly targets: number
  /** After the targets: how much the row counts. */
  readonly weighted: boolean
  /** The last number. */
  readonly keyed: boolean
}

export function rowEndOf({ target, weights, key }: TableRequest): RowEnd {
  return { targets: target.length, weighted: weights !== undefined, keyed: key !== undefined }
}

/** How many numbers come after the features. */
export function endLength({ targets, weighted, keyed }: RowEnd): number {
  return targets + (weighted ? 1 : 0) + (keyed ? 1 : 0)
}

/** Where a text was first met, such as `line 7`. */
export type Texts = ReadonlyMap<string, { readonly code: number; readonly place: string }>

/** What was read, apart from the numbers. */
export interface ReadRows {
  readonly rows: number
  readonly featureNames: readonly string[]
  /** Of each category column. */
  readonly texts: ReadonlyMap<string, Texts>
  /** How many cells hold nothing, of each feature column that has such; there they are NaN. */
  readonly missing: ReadonlyMap<string, number>
  /** Rows that were left out, as something was missing. */
  readonly dropped: number
}

export interface RawTable extends ReadRows {
  /** rows × features; of category columns the codes. */
  readonly features: Float32Array
  /** rows × targets. */
  readonly labels: Float32Array
  /** One per row, if they were asked for. */
  readonly weights?: Float32Array
  /** One per row, if they were asked for. */
  readonly keys: Float32Array | null
}

/** Where rows of numbers go as they are read. */
export interface RowSink {
  /** @param row features, targets, weight and key if rows have such; to be copied */
  add(row: Float32Array): void
}

export type Cell = string | number

/** A setting that can be at fault for what is not in the table. */
export type AskedBy = 'weights' | 'target' | 'features' | 'text' | 'preprocess' | 'missing' | 'key'

/** Makes errors of the source that is read. */
export type Fail = (message: string, of?: AskedBy) => MinimaError

export function settingPathOf(of: AskedBy): SettingPath {
  if (of === 'key') return ['split', of]
  return of === 'preprocess' ? [of] : ['data', of]
}

/** More texts than a column of categories can have: one of names, say, or of numbers. */
const MOST_TEXTS = 100_000

interface Column {
  readonly name: string
  readonly index: number
  readonly texts: Map<string, { code: number; place: string }> | null
  readonly rule: MissingRule
  /** How much the row counts: no less than 0. */
  readonly isWeight: boolean
  /** Nothing is missing in it. */
  readonly isFree: boolean
  missing: number
}

export class TableReader {
  readonly #names: readonly string[]
  readonly #columns: readonly Column[]
  readonly #featureNames: readonly string[]
  readonly #fail: Fail
  readonly #sink: RowSink
  readonly #row: Float32Array
  readonly #missingTexts: ReadonlySet<string>
  /** Such as -999. */
  readonly #numbersMayBeMissing: boolean
  /** Columns whose rows are dropped where they hold nothing. */
  readonly #dropping: readonly number[]
  readonly #keyColumns: readonly number[]
  readonly #hash: RowHash | null
  #rows = 0
  #dropped = 0

  /** @param names of all columns, in order. @throws what `fail` makes when a wanted column is not there. */
  constructor(names: readonly string[], request: TableRequest, fail: Fail, sink: RowSink) {
    this.#names = names
    this.#fail = fail
    this.#sink = sink
    assertDistinct(names, fail)
    const find = (name: string, of: AskedBy): number => findColumn(names, name, of, fail)
    const target = request.target.map((name) => ({ name, index: find(name, 'target') }))
    const { weights } = request
    const counts = weights === undefined ? [] : [{ name: weights, index: find(weights, 'weights') }]
    const others = names.filter((name) => !request.target.includes(name) && name !== weights)
    const features = (request.features ?? others).map((name) => ({
      name,
      index: find(name, 'features'),
    }))
    this.#featureNames = features.map(({ name }) => name)
    for (const name of request.categories) {
      if (request.target.includes(name)) continue
      findColumn(this.#featureNames, name, request.freeTexts?.has(name) ? 'text' : 'preprocess', fail)
    }
    const { texts, ruleOf, named } = request.missing ?? NONE_MISSING
    this.#missingTexts = texts
    this.#numbersMayBeMissing = [...texts].some((text) => text !== '' && Number.isFinite(Number(text)))
    for (const name of named) findColumn([...this.#featureNames, ...request.target], name, 'missing', fail)
    this.#columns = [...features, ...target, ...counts].map((wanted) => ({
      ...wanted,
      texts: request.categories.has(wanted.name) ? new Map<string, { code: number; place: string }>() : null,
      rule: ruleOf(wanted.name),
      isWeight: wanted.name === weights,
      isFree: request.freeTexts?.has(wanted.name) ?? false,
      missing: 0,
    }))
    this.#dropping = this.#columns.filter(({ rule, isFree }) => rule === 'drop' && !isFree).map(({ index }) => index)
    this.#keyColumns = request.key?.map((name) => find(name, 'key')) ?? names.map((_, index) => index)
    this.#hash = request.key === undefined ? null : new RowHash()
    this.#row = new Float32Array(this.#columns.length + (this.#hash === null ? 0 : 1))
  }

  /** @param place such as `line 7`, for messages. */
  add(cells: readonly Cell[], place: () => string): void {
    if (cells.length !== this.#names.length) {
      throw this.#fail(`${place()} has ${cells.length} cells, the header ${this.#names.length}`)
    }
    if (this.#isDropped(cells)) {
      this.#dropped++
      return
    }
    for (const [index, column] of this.#columns.entries()) {
      const value = this.#numberOf(cells[column.index] ?? '', column, place)
      if (column.isWeight && value < 0) {
        throw this.#fail(
          `${place()}, column "${column.name}": a row cannot count ${value}; expected 0 or more`,
          'weights',
        )
      }
      this.#row[index] = value
    }
    if (this.#hash !== null) {
      for (const index of this.#keyColumns) this.#hash.addText(String(cells[index] ?? '').trim())
      this.#row[this.#columns.length] = this.#hash.finish()
    }
    this.#sink.add(this.#row)
    this.#rows++
  }

  /** @throws what `fail` makes when there was none. */
  finish(): ReadRows {
    if (this.#rows === 0) {
      throw this.#fail(
        this.#dropped === 0 ? 'there are no rows below the header' : `all ${this.#dropped} rows lack something`,
        this.#dropped === 0 ? undefined : 'missing',
      )
    }
    const withTexts = this.#columns.flatMap(({ name, texts }) => (texts === null ? [] : [[name, texts] as const]))
    return {
      rows: this.#rows,
      featureNames: this.#featureNames,
      texts: new Map(withTexts),
      missing: new Map(this.#columns.filter(({ missing }) => missing > 0).map(({ name, missing }) => [name, missing])),
      dropped: this.#dropped,
    }
  }

  #isDropped(cells: readonly Cell[]): boolean {
    return this.#dropping.some((index) => this.#isMissing(cells[index] ?? ''))
  }

  #isMissing(cell: Cell): boolean {
    return typeof cell === 'string' && this.#missingTexts.has(cell.trim())
  }

  #isNothing(cell: Cell): boolean {
    return this.#isMissing(cell) || String(cell).trim() === ''
  }

  #numberOf(cell: Cell, column: Column, place: () => string): number {
    const { name, texts } = column
    // What most cells are; a blank one would be 0.
    if (texts === null && !this.#numbersMayBeMissing) {
      const plain = Number(cell)
      if (Number.isFinite(plain) && (plain !== 0 || !this.#isNothing(cell))) return plain
    }
    const text = typeof cell === 'string' ? cell.trim() : cell
    if (typeof text === 'string' && !column.isFree && this.#missingTexts.has(text)) {
      if (column.rule === 'error' || !this.#featureNames.includes(name))
        throw this.#fail(this.#nothingIn(cell, name, place))
      column.missing++
      return NaN
    }
    if (texts !== null) return this.#codeOf(texts, String(text), name, place)
    const number = text === '' ? NaN : Number(text)
    if (Number.isFinite(number)) return number
    throw this.#fail(
      `${place()}, column "${name}": expected a number, got ${JSON.stringify(cell)}` +
        (this.#featureNames.includes(name)
          ? `; leave the column out of data.features, one-hot encode it, or name it in data.text`
          : ''),
    )
  }

  #nothingIn(cell: Cell, name: string, place: () => string): string {
    const what = cell === '' || String(cell).trim() === '' ? 'the cell is empty' : `${JSON.stringify(cell)} is nothing`
    const isTarget = !this.#featureNames.includes(name)
    const how = isTarget ? `{columns: {${name}: drop}}` : 'drop, mean, median or mode'
    return `${place()}, column "${name}": ${what}; fill it in, leave the row out, or say data.missing: ${how}`
  }

  #codeOf(
    texts: Map<string, { code: number; place: string }>,
    text: string,
    name: string,
    place: () => string,
  ): number {
    const known = texts.get(text)
    if (known) return known.code
    const code = texts.size
    if (code === MOST_TEXTS) {
      throw this.#fail(`${place()}, column "${name}": more than ${MOST_TEXTS} different texts are no categories`)
    }
    texts.set(text, { code, place: place() })
    return code
  }
}

/** Keeps rows in memory. */
export class MemorySink implements RowSink {
  readonly #features = new GrowingArray()
  readonly #labels = new GrowingArray()
  readonly #weights = new GrowingArray()
  readonly #keys = new GrowingArray()
  readonly #end: RowEnd

  constructor(end: RowEnd) {
    this.#end = end
  }

  add(row: Float32Array): void {
    const { targets, weighted, keyed } = this.#end
    const width = row.length - endLength(this.#end)
    const labelsEnd = width + targets
    for (let index = 0; index < width; index++) this.#features.push(row[index] as number)
    for (let index = width; index < labelsEnd; index++) this.#labels.push(row[index] as number)
    if (weighted) this.#weights.push(row[labelsEnd] as number)
    if (keyed) this.#keys.push(row[row.length - 1] as number)
  }

  /** The sink is not to be used any more. */
  finish(): Pick<RawTable, 'features' | 'labels' | 'weights' | 'keys'> {
    const { weighted, keyed } = this.#end
    return {
      features: this.#features.finish(),
      labels: this.#labels.finish(),
      ...(weighted && { weights: this.#weights.finish() }),
      keys: keyed ? this.#keys.finish() : null,
    }
  }
}

function assertDistinct(names: readonly string[], fail: Fail): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw fail(`two columns are called "${twice}"; columns need names of their own`)
}

function findColumn(names: readonly string[], name: string, of: AskedBy, fail: Fail): number {
  const index = names.indexOf(name)
  if (index >= 0) return index
  const meant = closestName(name, names)
  const known = names.length <= 30 ? names.join(', ') : `${names.slice(0, 30).join(', ')}, ...`
  const hint = meant === null ? 'the' : `did you mean "${meant}"? The`
  throw fail(`there is no column "${name}"; ${hint} columns are ${known}`, of)
}
