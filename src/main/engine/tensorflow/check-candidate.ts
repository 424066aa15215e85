/** Tries a setup in a process of its own before anything trains on it: native code that crashes takes nothing with it. */
import { z } from 'zod'
import { MinimaError } from '../../../contract/errors.ts'
import { rung } from '../../../contract/requests.ts'
import type { SetupRecord } from '../training/backends/tensorflow-home.ts'
import { runProgram } from './run-program.ts'

const CHECK_TIMEOUT_MS = 180_000

const check = rung.extend({ noDevice: z.string().nullable() })

/** @returns the record with what the check found. @throws MinimaError `backend-unavailable` with what stood in the way */
export async function checkCandidate(
  candidate: SetupRecord,
  trainerScript: string,
  signal: AbortSignal,
): Promise<SetupRecord> {
  const env = { ...process.env, MINIMA_TENSORFLOW_CANDIDATE: JSON.stringify(candidate) }
  const args = ['--no-warnings', trainerScript, '--check', 'tensorflow']
  const end = await runProgram(process.execPath, args, { env, signal, timeoutMs: CHECK_TIMEOUT_MS })
  const found = check.safeParse(json(end.stdout.trim().split('\n').at(-1) ?? ''))
  if (!found.success) {
    const how = end.signal ? `was ended by ${end.signal}` : `ended with code ${end.code}`
    const reason = end.stderr.trim().split('\n').at(-1) || 'it said nothing'
    throw new MinimaError('backend-unavailable', `the check ${how}: ${reason}`)
  }
  const { available, device, reason, noDevice } = found.data
  if (!available) throw new MinimaError('backend-unavailable', `it does not work here: ${reason}`)
  const version = /TensorFlow (\S+)/.exec(device ?? '')?.[1] ?? candidate.version
  const place = device?.startsWith('GPU') ? 'GPU' : 'CPU'
  return { ...candidate, version, device: noDevice ? `no CUDA device: ${noDevice}` : place }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
