/** What is done where a cell holds nothing, column by column. */
import type { MissingSpec } from '../../../contract/experiment/data.ts'

export type MissingRule = 'error' | 'drop' | Fill

/** What takes the place of what is missing; statistics are those of the training rows. */
export type Fill =
  { readonly by: 'mean' | 'median' | 'mode' } | { readonly by: 'value'; readonly value: string | number }

export interface MissingRules {
  /** Texts of cells that hold nothing; the empty one among them. */
  readonly texts: ReadonlySet<string>
  readonly ruleOf: (column: string) => MissingRule
  /** Whether a column of 0 and 1 says where the cells of this one were missing. */
  readonly flags: (column: string) => boolean
  /** Columns that have a rule of their own. */
  readonly named: readonly string[]
}

const TEXTS = ['NA', 'NaN', 'null', '?']

/** Without a word about them an empty cell is an error. */
export const NONE_MISSING: MissingRules = {
  texts: new Set(['']),
  ruleOf: () => 'error',
  flags: () => false,
  named: [],
}

export function missingRules(spec: MissingSpec | undefined): MissingRules {
  if (spec === undefined) return NONE_MISSING
  const { rule, columns = {}, flag = false, texts = TEXTS } = typeof spec === 'string' ? { rule: spec } : spec
  const known = new Map(Object.entries(columns).map(([name, own]) => [name, ruleFrom(own)]))
  const other = ruleFrom(rule)
  return {
    texts: new Set(['', ...texts]),
    ruleOf: (column) => known.get(column) ?? other,
    flags: (column) => (typeof flag === 'boolean' ? flag : flag.includes(column)),
    named: [...known.keys(), ...(typeof flag === 'boolean' ? [] : flag)],
  }
}

function ruleFrom(rule: Exclude<MissingSpec, { rule: unknown }> | { value: string | number }): MissingRule {
  if (typeof rule === 'object') return { by: 'value', value: rule.value }
  return rule === 'error' || rule === 'drop' ? rule : { by: rule }
}
