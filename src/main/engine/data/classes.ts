/** From labels as they stand in a file to class numbers. */
import { closestName } from './closest-name.ts'
import type { MinimaError } from '../../../contract/errors.ts'
import type { Texts } from './table-reader.ts'

export interface Classes {
  /** null when labels are numbers and nobody named them. */
  readonly names: readonly string[] | null
  readonly count: number
}

const NATURAL = /^(0|[1-9]\d*)(\.0*)?$/

/**
 * The classes that a column of texts holds: those declared; else, when all texts are integers of 0 or more, the numbers
 * up to the greatest; else the texts, sorted.
 */
export function findClasses(texts: Texts, declared: readonly string[] | undefined): Classes {
  if (declared !== undefined) return { names: declared, count: declared.length }
  const labels = [...texts.keys()]
  if (!labels.every((label) => NATURAL.test(label))) {
    return { names: labels.toSorted((left, right) => (left < right ? -1 : 1)), count: labels.length }
  }
  return { names: null, count: Math.max(2, 1 + Math.max(...labels.map(Number))) }
}

/** Class number of each code; a label may be the name of a class or its number. */
export function classOfCodes(texts: Texts, classes: Classes, fail: (message: string) => MinimaError): number[] {
  return [...texts].map(([label, { place }]) => {
    const named = classes.names?.indexOf(label) ?? -1
    if (named >= 0) return named
    if (NATURAL.test(label) && Number(label) < classes.count) return Number(label)
    throw fail(`${place}: label ${JSON.stringify(label)} is not allowed; ${allowed(label, classes)}`)
  })
}

function allowed(label: string, { names, count }: Classes): string {
  if (names === null || NATURAL.test(label)) return `labels go from 0 to ${count - 1}`
  const meant = closestName(label, names)
  const shown = names.length <= 20 ? names.join(', ') : `${names.slice(0, 20).join(', ')}, ...`
  return `${meant === null ? 'the' : `did you mean "${meant}"? The`} classes are ${shown}`
}

/** Replaces the codes in column `column` of rows of `width` by what they stand for. */
export function recode(values: Float32Array, column: number, width: number, meanings: readonly number[]): void {
  for (let at = column; at < values.length; at += width) values[at] = meanings[values[at] ?? 0] ?? 0
}
