/** zod's issues in the words of Minima: what was expected, what was there, and what was perhaps meant. */
import type { z } from 'zod'
import type { Problem } from '../../../contract/requests.ts'
import { meantKey, meantValue } from './meant-names.ts'
import type { KeyPath, Positions } from './positions.ts'
import { makeProblem } from './problems.ts'
import { knownKeys, knownTypes } from './schema-walk.ts'

/** zod's own messages are for programmers; those of contract/experiment are not. */
const ZODS_OWN = /^(Invalid|Too|Unrecognized)/

export interface IssueContext {
  readonly schema: z.core.$ZodType
  /** What was checked against it. */
  readonly value: unknown
  readonly positions: Positions
}

/** @param base path of the object that the issue's path starts from */
export function problemsOfIssue(issue: z.core.$ZodIssue, context: IssueContext, base: KeyPath = []): Problem[] {
  const path = [...base, ...(issue.path as KeyPath)]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], context))
  if (issue.code === 'invalid_union') return unionProblems(issue, path, context)
  const input = valueAt(context.value, path)
  const wanted = expectation(issue, input)
  if (input === undefined) return [missing(path, wanted, context)]
  return [problemAt(path, `${wanted}, got ${show(input)}${hint(issue, input, path, context)}`, context)]
}

function hint(issue: z.core.$ZodIssue, input: unknown, path: KeyPath, { schema, value }: IssueContext): string {
  if (typeof input !== 'string') return ''
  if (issue.code === 'invalid_value') return didYouMean(meantValue(input, texts(issue.values)))
  const type = meantValue(input, knownTypes(schema, value, path))
  return type === null ? '' : didYouMean(`{type: ${type}}`)
}

function problemAt(path: KeyPath, message: string, { positions }: IssueContext): Problem {
  return makeProblem(path, positions.of(path), message)
}

/** On the line of the parent: the key itself is nowhere. */
function missing(path: KeyPath, wanted: string, context: IssueContext): Problem {
  return problemAt(path, `missing; ${wanted}`, context)
}

function unknownKey(path: KeyPath, { schema, value, positions }: IssueContext): Problem {
  const known = knownKeys(schema, value, path.slice(0, -1))
  const meant = meantKey(String(path.at(-1)), known)
  const hint = meant === null ? `; known here: ${known.join(', ')}` : didYouMean(meant)
  return makeProblem(path, positions.ofKey(path), `unknown key${hint}`)
}

function didYouMean(meant: string | null): string {
  return meant === null ? '' : `; did you mean ${meant}?`
}

type UnionIssue = Extract<z.core.$ZodIssue, { code: 'invalid_union' }>

function unionProblems(issue: UnionIssue, path: KeyPath, context: IssueContext): Problem[] {
  if ('discriminator' in issue && typeof issue.discriminator === 'string') {
    return [unknownType(path, texts((issue as { options?: unknown[] }).options ?? []), context)]
  }
  const input = valueAt(context.value, path)
  // The option that was meant is the one whose trouble lies deeper than "this is another kind of thing".
  const deeper = issue.errors.filter((issues) => !issues.some((inner) => inner.path.length === 0 && isMismatch(inner)))
  if (deeper.length === 1) return (deeper[0] ?? []).flatMap((inner) => problemsOfIssue(inner, context, path))
  const names = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_value' ? texts(inner.values) : []))
  if (typeof input === 'string' && names.length > 0) {
    return [problemAt(path, unknownName(input, names), context)]
  }
  const wanted = expectation(issue, input)
  if (input === undefined) return [missing(path, wanted, context)]
  return [problemAt(path, `${wanted}, got ${show(input)}`, context)]
}

function isMismatch({ code }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' || code === 'invalid_value'
}

/** The `type` or `source` of an object is missing, or no known one. */
function unknownType(path: KeyPath, known: readonly string[], context: IssueContext): Problem {
  const given = valueAt(context.value, path)
  if (given === undefined) return missing(path, `expected one of ${known.join(', ')}`, context)
  return problemAt(path, unknownName(given, known), context)
}

function unknownName(given: unknown, known: readonly string[]): string {
  const meant = typeof given === 'string' ? meantValue(given, known) : null
  return `expected one of ${known.join(', ')}, got ${show(given)}${didYouMean(meant)}`
}

/** `expected a positive integer`, without what was there. */
function expectation(issue: z.core.$ZodIssue, input: unknown): string {
  if (!ZODS_OWN.test(issue.message)) return issue.message.replace(/, got .*$/s, '')
  if (issue.code === 'too_small') return `expected ${issue.exact ? '' : 'at least '}${issue.minimum} ${unit(input)}`
  if (issue.code === 'too_big') return `expected ${issue.exact ? '' : 'at most '}${issue.maximum} ${unit(input)}`
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`
  return 'expected something else'
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  tuple: 'a list',
  string: 'text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
}

function unit(input: unknown): string {
  return Array.isArray(input) ? 'entries' : typeof input === 'string' ? 'characters' : ''
}

/** As contract/experiment/expected.ts shows what was there, but lists by their length. */
function show(input: unknown): string {
  if (input === null) return 'nothing'
  if (Array.isArray(input)) return input.length === 0 ? 'an empty list' : `a list of ${input.length}`
  if (typeof input === 'object') return 'a mapping'
  const text = JSON.stringify(input) ?? String(input)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function texts(values: readonly unknown[]): string[] {
  return values.map(String)
}

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((here, key) => (here as Record<string, unknown> | null | undefined)?.[key], value)
}
