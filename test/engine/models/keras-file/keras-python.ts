/** A Python that has Keras, for tests that hold files against Keras itself. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe } from 'vitest'

const PYTHON = process.env['MINIMA_KERAS_PYTHON']
const NEEDS_KERAS = 'needs Keras: MINIMA_KERAS_PYTHON names a Python that has it'

/** Of a suite that starts Python. */
export const PYTHON_TIMEOUT_MS = 300_000

/** A suite that is skipped, with the reason, where there is no Keras. */
export function describeWithKeras(name: string, body: () => void): void {
  if (PYTHON) describe(name, body)
  else describe.skip(`${name} (${NEEDS_KERAS})`, body)
}

/** @param script beside this file @throws with what it wrote to stderr, when it fails */
export async function runKeras(script: string, ...args: string[]): Promise<void> {
  const path = new URL(script, import.meta.url).pathname
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '' }
  await promisify(execFile)(PYTHON ?? 'python3', [path, ...args], { env, maxBuffer: 2 ** 26 })
}

export interface TemporaryFolder {
  readonly dir: string
  delete(): void
}

export function temporaryFolder(): TemporaryFolder {
  const dir = mkdtempSync(join(tmpdir(), 'minima-keras-'))
  return { dir, delete: () => rmSync(dir, { recursive: true, force: true }) }
}
