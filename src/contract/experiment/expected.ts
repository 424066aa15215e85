/** Schemas whose errors say what was wanted and what was there: `expected a positive integer, got 0`. */
import { z } from 'zod'

function show(input: unknown): string {
  if (input === undefined) return 'nothing'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object' && input !== null) return 'a mapping'
  const text = JSON.stringify(input) ?? String(input)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

export function expected(what: string): { error: (issue: { input?: unknown }) => string } {
  return { error: (issue) => `expected ${what}, got ${show(issue.input)}` }
}

export const positiveInt = z
  .int(expected('a positive integer'))
  .refine((value) => value > 0, expected('a positive integer'))
  .meta({ minimum: 1 })
export const naturalInt = z
  .int(expected('an integer of 0 or more'))
  .refine((value) => value >= 0, expected('an integer of 0 or more'))
  .meta({ minimum: 0 })
export const positive = z
  .number(expected('a positive number'))
  .refine((value) => value > 0, expected('a positive number'))
  .meta({ exclusiveMinimum: 0 })
export const nonNegative = z
  .number(expected('a number of 0 or more'))
  .refine((value) => value >= 0, expected('a number of 0 or more'))
  .meta({ minimum: 0 })
export const rate = z
  .number(expected('a number in [0, 1)'))
  .refine((value) => value >= 0 && value < 1, expected('a number in [0, 1)'))
  .meta({ minimum: 0, exclusiveMaximum: 1 })
export const fraction = z
  .number(expected('a number in [0, 1]'))
  .refine((value) => value >= 0 && value <= 1, expected('a number in [0, 1]'))
  .meta({ minimum: 0, maximum: 1 })
export const text = z.string(expected('text'))
export const flag = z.boolean(expected('true or false'))

export function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(values, expected(`one of ${values.join(', ')}`))
}
