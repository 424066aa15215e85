/** Names with figures in them, as Python's `format` fills them in: `{epoch:02d}-{val_loss:.2f}`. */
import { MinimaError } from '../../../../contract/errors.ts'
import { monitored } from './monitor.ts'

const FIELD = /\{([A-Za-z_][\w/]*)(?::([^{}]*))?\}/g
/** Width with leading zeros, digits after the point, and how: of Python's formats, those for numbers in names. */
const FORMAT = /^(0?)(\d*)(?:\.(\d+))?([dfeg]?)$/

/** The names that a pattern uses. */
export function fieldsOf(pattern: string): string[] {
  return [...pattern.matchAll(FIELD)].map(([, name = '']) => name)
}

/** Why the pattern cannot be filled in, whatever the figures; null: it can. */
export function patternFault(pattern: string): string | null {
  for (const [field, , format = ''] of pattern.matchAll(FIELD)) {
    if (!FORMAT.test(format))
      return `${field} has a format that is not known; such as {epoch:02d} and {val_loss:.2f} are`
  }
  const rest = pattern.replace(FIELD, '')
  return /[{}]/.test(rest) ? 'has a brace that belongs to no figure; {epoch} is how one is written' : null
}

/** @throws MinimaError `bad-request` for a figure that there is none of */
export function fillPattern(pattern: string, figures: Readonly<Record<string, number>>): string {
  return pattern.replace(FIELD, (_, name: string, format: string | undefined) => {
    const value = monitored(figures, name)
    if (value === undefined) {
      const known = Object.keys(figures).join(', ')
      throw new MinimaError('bad-request', `${pattern}: there is no figure ${name}; there are ${known}`)
    }
    return formatted(value, format ?? '')
  })
}

function formatted(value: number, format: string): string {
  const [, zero = '', width = '', digits, how = ''] = FORMAT.exec(format) ?? []
  return numeral(value, digits === undefined ? null : Number(digits), how).padStart(
    Number(width),
    zero === '' ? ' ' : '0',
  )
}

function numeral(value: number, digits: number | null, how: string): string {
  if (how === 'f') return value.toFixed(digits ?? 6)
  // Python writes two digits of an exponent at least.
  if (how === 'e') return value.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2')
  if (how === 'd' || digits === null) return String(value)
  return String(Number(value.toPrecision(Math.max(1, digits))))
}
