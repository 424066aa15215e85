/** One error type for all that Minima tells a person; only `{code, message, details}` crosses a process. */
import { z } from 'zod'

export const errorCode = z.enum([
  'bad-request', // the request itself does not fit the contract
  'not-found', // a run, tag or example that is not there
  'experiment-invalid', // the experiment file has problems; details.problems lists them
  'data-invalid', // a data file is missing, truncated or holds what it must not
  'backend-unavailable', // no rung of the ladder can train this
  'loss-not-finite', // training stopped because the loss became NaN or infinite
  'trainer-died', // the trainer process ended without a word
  'workspace-busy', // another engine owns the workspace
  'workspace-unusable', // read-only, full or damaged
  'workspace-newer', // written by a later Minima
  'engine-unreachable',
  'unauthorized',
  'internal',
])
export type ErrorCode = z.infer<typeof errorCode>

export const errorRecord = z.object({
  code: errorCode,
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})
export type ErrorRecord = z.infer<typeof errorRecord>

export class MinimaError extends Error {
  override readonly name = 'MinimaError'
  readonly code: ErrorCode
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, details?: Record<string, unknown>, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.details = details
  }

  toRecord(): ErrorRecord {
    return { code: this.code, message: this.message, ...(this.details && { details: this.details }) }
  }

  static fromRecord(record: ErrorRecord): MinimaError {
    return new MinimaError(record.code, record.message, record.details)
  }
}

/** What is sent across a process for anything that was thrown. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof MinimaError) return thrown.toRecord()
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return {
    code: 'internal',
    message,
    ...(thrown instanceof Error && thrown.stack && { details: { stack: thrown.stack } }),
  }
}
