/** How much a folder holds, links not followed. */
import { readdirSync, lstatSync } from 'node:fs'
import { join } from 'node:path'

export function folderBytes(dir: string): number {
  try {
    return readdirSync(dir, { withFileTypes: true }).reduce((sum, entry) => {
      const path = join(dir, entry.name)
      return sum + (entry.isDirectory() ? folderBytes(path) : lstatSync(path).size)
    }, 0)
  } catch {
    return 0 // not there, or just moved
  }
}
