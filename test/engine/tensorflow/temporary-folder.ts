/** A folder for one test file, deleted after it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'minima-tensorflow-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
