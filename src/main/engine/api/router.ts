/** Validates a request against the contract and hands it to its handler; every thrown thing becomes an error record. */
import type { z } from 'zod'
import { MinimaError, toErrorRecord } from '../../../contract/errors.ts'
import type { Answer } from '../../../contract/ports.ts'
import { requests, type RequestArgs, type RequestName, type RequestResult } from '../../../contract/requests.ts'

/** One handler per request. */
export type Handlers = {
  readonly [N in RequestName]: (params: RequestArgs<N>) => RequestResult<N> | Promise<RequestResult<N>>
}

export async function answerRequest(handlers: Handlers, name: string, params: unknown): Promise<Answer> {
  try {
    if (!(name in requests)) throw new MinimaError('bad-request', `there is no request called ${name}`)
    const known = name as RequestName
    const handler = handlers[known] as (params: unknown) => unknown
    return { result: (await handler(parseParams(requests[known].params, params, known))) ?? {} }
  } catch (error) {
    return { error: toErrorRecord(error) }
  }
}

/** @throws MinimaError `bad-request` that names the field. */
export function parseParams<T extends z.ZodType>(schema: T, params: unknown, name: string): z.output<T> {
  const parsed = schema.safeParse(params)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `${name} ${issue.path.join('.')}` : name
  throw new MinimaError('bad-request', `${where}: ${issue?.message ?? 'not as the contract has it'}`)
}
