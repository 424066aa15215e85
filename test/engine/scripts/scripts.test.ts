/** Scripts as the engine reads them: the process that runs them is the real one, from its sources. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { MinimaError } from '../../../src/contract/errors.ts'
import { keepSource } from '../../../src/main/engine/scripts/keep-source.ts'
import { resolveScript, type ResolvedScript } from '../../../src/main/engine/scripts/resolve-script.ts'
import { temporaryDir } from '../store/temporary-workspace.ts'

const PROGRAM = resolve('src/main/engine/scripts/script-process.ts')

const SCRIPT = `import { experiment } from 'minima-lab'
import { units } from './sizes'

interface Sizes { readonly hidden: number }
const sizes: Sizes = { hidden: units }

export default experiment({
  name: 'tiny', // not { a: 1 }
  data: { source: 'inline', columns: ['a', 'y'], target: 'y', rows: [[0, 0], [1, 1]] },
  model: {
    layers: [
      { type: 'dense', units: sizes.hidden, activation: 'tanh' },
      { type: 'dense', units: 1 },
    ],
  },
  fit: {
    loss: 'meanSquaredError',
    epochs: 3,
    batchSize: 2,
  },
})
`

let dir: string

beforeEach(() => {
  dir = temporaryDir()
  write('sizes.ts', 'export const units: number = 5\n')
})

function write(name: string, text: string): string {
  const path = join(dir, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

function read(text: string, overrides: Record<string, unknown> = {}): Promise<ResolvedScript> {
  return resolveScript(PROGRAM, { path: write('model.ts', text), baseDir: dir, overrides })
}

/** What `read` fails with, the folder left out. */
async function failure(text: string, overrides: Record<string, unknown> = {}): Promise<string> {
  const error: unknown = await read(text, overrides).catch((thrown: unknown) => thrown)
  if (!(error instanceof MinimaError)) throw new Error('it did not fail', { cause: error })
  expect(error.code).toBe('experiment-invalid')
  return error.message.replaceAll(`${dir}/`, '')
}

function edited(from: string, to: string): string {
  expect(SCRIPT).toContain(from)
  return SCRIPT.replace(from, to)
}

test('a script is the experiment that it exports, with all defaults, and what was set beside it', async () => {
  const { experiment, text, files } = await read(SCRIPT, { 'fit.epochs': 7 })
  expect(experiment).toMatchObject({
    name: 'tiny',
    model: {
      layers: [
        { type: 'dense', units: 5, activation: 'tanh' },
        { units: 1, activation: 'linear' },
      ],
    },
    fit: { epochs: 7, batchSize: 2, shuffle: true },
  })
  expect(text).toBe(SCRIPT)
  expect(files.map(({ path }) => path)).toEqual([join(dir, 'model.ts'), join(dir, 'sizes.ts')])
})

test.each([
  ['./sizes.ts', 'sizes.ts'],
  ['./sizes.js', 'sizes.ts'],
  ['./lib', 'lib/index.ts'],
  ['./plain', 'plain.js'],
])('finds %s', async (specifier, name) => {
  write(name, 'export const units = 4\n')
  const { experiment } = await read(edited("'./sizes'", `'${specifier}'`))
  expect(experiment.model.layers[0]).toMatchObject({ units: 4 })
})

test('a plain object and a promise of one will do', async () => {
  const promised = edited('export default experiment(', 'export default Promise.resolve(')
  expect((await read(promised)).experiment.name).toBe('tiny')
  const plain = edited('export default experiment({', 'export default {').replace(/\}\)\s*$/, '}\n')
  expect(await failure(plain.replace('batchSize: 2', 'batchSize: 0'))).toMatch(/^model\.ts:19: fit\.batchSize: /)
})

describe('a mistake is told with file and line', () => {
  test.each([
    [
      'a wrong value',
      edited('batchSize: 2', 'batchSize: 0'),
      'model.ts:19: fit.batchSize: expected a positive integer, got 0',
    ],
    ['a misspelt key', edited('epochs: 3', 'epoch: 3'), 'model.ts:18: fit.epoch: unknown key; did you mean epochs?'],
    [
      'a value of a variable',
      edited('hidden: units', 'hidden: -1'),
      'model.ts:12: model.layers[0].units: expected a positive integer, got -1',
    ],
    [
      'what is missing',
      edited("    loss: 'meanSquaredError',\n", ''),
      /^model\.ts:16: fit\.loss: missing; expected one of /,
    ],
    [
      'a throw',
      edited('const sizes: Sizes', "if (units) throw new Error('not today')\nconst sizes: Sizes"),
      'model.ts:5: not today',
    ],
    ['a name that is none', edited('sizes.hidden', 'size.hidden'), 'model.ts:12: ReferenceError: size is not defined'],
    ['a slip of syntax', edited('epochs: 3,', 'epochs: = 3,'), /^model\.ts:18: this is not TypeScript: /],
    [
      'a file that is not there',
      edited("'./sizes'", "'./size'"),
      'model.ts:2: there is no ./size to import; tried it with .ts, .mts, .js, .mjs, /index.ts, /index.js too',
    ],
    [
      'a name that is not exported',
      edited('{ units }', '{ unit }'),
      /^model\.ts:2: SyntaxError: The requested module '\.\/sizes' does not provide an export named 'unit'/,
    ],
    [
      'an enum',
      edited('interface Sizes', 'enum Color { Red }\ninterface Sizes'),
      "model.ts:4: TypeScript's enum is more than a type, and Node runs scripts by leaving types out; write an object: const Color = { red: 'red' } as const",
    ],
    [
      'a parameter property',
      edited('interface Sizes', 'class A { constructor(private x: number) {} }\ninterface Sizes'),
      /^model\.ts:4: TypeScript's parameter property is more than a type, .*; write a field that the constructor assigns$/,
    ],
    [
      'a namespace',
      edited('interface Sizes', 'namespace A { export const b = 1 }\ninterface Sizes'),
      /^model\.ts:4: TypeScript's namespace.* is more than a type, .*; write a file of its own, imported$/,
    ],
    [
      'no export',
      'export const a = 1\n',
      'model.ts: the script exports no experiment: expected `export default experiment({ ... })`',
    ],
    [
      'a function',
      edited("'tanh'", '() => 1'),
      'model.ts: TypeError: model.layers[0].activation is a function; an experiment holds data only',
    ],
    [
      'an exit',
      edited('interface', 'process.exit(3)\ninterface'),
      'model.ts: the script ended with code 3 before it said its experiment',
    ],
    [
      'a run of its own',
      edited('interface', 'createRun()\ninterface').replace('{ experiment }', '{ createRun, experiment }'),
      /^model\.ts:4: createRun is for programs that run by themselves/,
    ],
  ])('%s', async (_what, text, message) => {
    const told = await failure(text)
    if (typeof message === 'string') expect(told).toBe(message)
    else expect(told).toMatch(message)
  })

  test('in a file that it imports, there', async () => {
    write('sizes.ts', 'export const units = 5\n\nnull.boom\n')
    expect(await failure(SCRIPT)).toMatch(/^sizes\.ts:3: TypeError: Cannot read properties of null/)
  })

  test('of what was set beside it, without a line', async () => {
    expect(await failure(SCRIPT, { 'fit.batchSize': 0 })).toBe(
      'model.ts: fit.batchSize: expected a positive integer, got 0',
    )
  })
})

test('copies of the script and its imports lie to one another as they did', async () => {
  write('lib/deep.ts', 'export const units = 2\n')
  write('sizes.ts', "export { units } from './lib/deep'\n")
  const { files } = await read(SCRIPT)
  keepSource(files, false, join(dir, 'run'))
  expect(readdirSync(join(dir, 'run/source'), { recursive: true }).toSorted()).toEqual([
    'lib',
    'lib/deep.ts',
    'model.ts',
    'sizes.ts',
  ])
  expect(readFileSync(join(dir, 'run/source/model.ts'), 'utf8')).toBe(SCRIPT)
})
