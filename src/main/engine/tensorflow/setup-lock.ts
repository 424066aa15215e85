/** One setup at a time in one place, whichever engine it goes on in. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'

/** @returns what lets go. @throws MinimaError `backend-unavailable` that names the process which has it */
export function lockSetup(home: string): () => void {
  const path = join(home, 'setup.lock')
  mkdirSync(home, { recursive: true })
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const owner = readOwner(path)
    if (owner !== null && isAlive(owner)) {
      throw new MinimaError(
        'backend-unavailable',
        `process ${owner} is setting up TensorFlow already (if it is not, delete ${path})`,
      )
    }
    rmSync(path, { force: true })
  }
}

function readOwner(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
