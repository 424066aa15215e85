/** `minima init`, then `minima train` of what it wrote. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteWorkspace, runCommand, temporaryWorkspace } from '../support/served-app.ts'

let workspace: string
let folder: string

beforeAll(() => {
  workspace = temporaryWorkspace()
  folder = temporaryWorkspace()
})
afterAll(() => {
  deleteWorkspace(workspace)
  deleteWorkspace(folder)
})

test('a script trains, and its run keeps a copy of it and of what it imports', async () => {
  expect((await runCommand(workspace, ['init', folder])).stdout).toMatch(/Train it: .*minima.* train .*my-model\.ts/)
  const script = join(folder, 'my-model.ts')
  const text = readFileSync(script, 'utf8').replace('const hidden = [8, 4]', "import { hidden } from './sizes'")
  writeFileSync(script, text)
  writeFileSync(join(folder, 'sizes.ts'), 'export const hidden: number[] = [3]\n')

  const { code, stdout, stderr } = await runCommand(workspace, ['train', script, '--set', 'fit.epochs=2'])
  expect([code, stderr]).toEqual([0, ''])
  const id = /^xor \(run ([a-z0-9]{8})\)$/m.exec(stdout)?.[1] ?? ''
  expect(stdout).toMatch(/^xor: finished in /m)
  const kept = join(workspace, 'runs', id, 'source')
  expect(readFileSync(join(kept, 'my-model.ts'), 'utf8')).toBe(text)
  expect(readFileSync(join(kept, 'sizes.ts'), 'utf8')).toContain('[3]')
})

test('a mistake in it is told with file and line, and nothing is stored', async () => {
  const script = join(folder, 'wrong.ts')
  writeFileSync(
    script,
    "import { experiment } from 'minima-lab'\n\nthrow new Error('not today')\nexport default experiment({})\n",
  )
  const { code, stderr } = await runCommand(workspace, ['train', script])
  expect([code, stderr.trim()]).toEqual([1, `${script}:3: not today`])
  expect(JSON.parse((await runCommand(workspace, ['runs', '--json'])).stdout)).toHaveLength(1)
})
