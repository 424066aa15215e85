/** One engine per workspace. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockWorkspace } from '../../../src/main/engine/store/workspace-lock.ts'
import { temporaryDir } from './temporary-workspace.ts'

test('the second is refused until the first lets go', () => {
  const dir = temporaryDir()
  const unlock = lockWorkspace(dir)
  expect(() => lockWorkspace(dir)).toThrow(expect.objectContaining({ code: 'workspace-busy' }))
  unlock()
  lockWorkspace(dir)()
})

test('a folder that cannot be locked is told with what to do', () => {
  const dir = temporaryDir()
  mkdirSync(join(dir, 'engine.lock'))
  expect(() => lockWorkspace(dir)).toThrow(expect.objectContaining({ code: 'workspace-unusable' }))
})
