/** What a person is told of an error: what went wrong, what to do, and the details to copy. */
import { MinimaError, type ErrorCode, type ErrorRecord } from '../../../contract/errors.ts'

export interface ErrorText {
  readonly what: string
  /** Null when the message itself says what to do. */
  readonly todo: string | null
  readonly details: string
}

const TODO: Partial<Record<ErrorCode, string>> = {
  'data-invalid': 'Check the data file that is named, or the part of the experiment file that reads it.',
  'backend-unavailable': 'Run `npm run minima -- doctor` to see what each backend lacks.',
  'loss-not-finite': 'Try a smaller learning rate, or scale the inputs. The last good weights are kept.',
  'trainer-died': 'Start it again. If it dies again, the machine may be out of memory: try a smaller batch.',
  'workspace-unusable': 'Free space on the disk or make the workspace folder writable, then start the engine again.',
  'engine-unreachable': 'Start it with `npm start` or `npm run minima -- serve`.',
  'not-found': 'It may have been deleted. Pick another run from the list.',
  internal: 'This is a fault of Minima. The details help to mend it.',
}

export function errorText(record: ErrorRecord): ErrorText {
  const { code, message, details } = record
  const lines = [`${code}: ${message}`]
  const { stack, ...others } = details ?? {}
  const isText = (value: unknown): value is string => typeof value === 'string' && value.includes('\n')
  const short = Object.entries(others).filter(([, value]) => !isText(value))
  if (short.length > 0) lines.push(JSON.stringify(Object.fromEntries(short), null, 2))
  // What a program printed is read as it was printed.
  for (const [name, value] of Object.entries(others)) if (isText(value)) lines.push(`${name}:\n${value}`)
  if (typeof stack === 'string') lines.push(stack)
  return {
    what: message.charAt(0).toUpperCase() + message.slice(1),
    todo: TODO[code] ?? null,
    details: lines.join('\n'),
  }
}

export function recordOf(thrown: unknown): ErrorRecord {
  if (thrown instanceof MinimaError) return thrown.toRecord()
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) }
}
