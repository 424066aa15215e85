import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { init } from '../../src/main/cli/init.ts'
import { temporaryDir } from '../engine/store/temporary-workspace.ts'

let dir: string

beforeEach(async () => {
  dir = temporaryDir()
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  await lay()
})
afterEach(() => vi.restoreAllMocks())

function lay(): Promise<number> {
  const rootDir = resolve('.')
  return init(dir, { paths: { rootDir } as Parameters<typeof init>[1]['paths'] })
}

/** What an editor would underline. */
function faults(): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(dir, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (fault) => {
        throw new Error(ts.flattenDiagnosticMessageText(fault.messageText, '\n'))
      },
    },
  )
  if (!config) throw new Error('no tsconfig.json')
  const program = ts.createProgram(config.fileNames, config.options)
  return [...config.errors, ...ts.getPreEmitDiagnostics(program)].map((fault) =>
    ts.flattenDiagnosticMessageText(fault.messageText, '\n'),
  )
}

test('the sample has the types of an experiment, and an editor sees what is none', () => {
  expect(faults()).toEqual([])
  const sample = join(dir, 'my-model.ts')
  const text = readFileSync(sample, 'utf8')
  writeFileSync(sample, text.replace('batchSize: 4', "batchSize: 'four'").replace('units: 1,', 'unit: 1,'))
  expect(faults().join('\n')).toMatch(/'unit' does not exist/)
  writeFileSync(sample, text.replace('batchSize: 4', "batchSize: 'four'"))
  expect(faults()).toEqual(["Type 'string' is not assignable to type 'number'."])
})

test('the scripts of the chapter are right in the eyes of the editor, and a wrong setting of a layer is seen', () => {
  const examples = resolve('examples/chapter10')
  for (const name of readdirSync(examples).filter((file) => file.endsWith('.ts'))) {
    copyFileSync(join(examples, name), join(dir, name))
  }
  expect(faults()).toEqual([])
  const script = join(dir, 'california-subclass.ts')
  writeFileSync(script, readFileSync(script, 'utf8').replace('layers.dense({ units: 1 })', 'layers.dense({ unit: 1 })'))
  expect(faults().join()).toMatch(/'unit' does not exist/)
})

test('what is there is left as it is', async () => {
  writeFileSync(join(dir, 'my-model.ts'), 'mine')
  await lay()
  expect(readFileSync(join(dir, 'my-model.ts'), 'utf8')).toBe('mine')
  expect(existsSync(join(dir, 'tsconfig.json'))).toBe(true)
})
