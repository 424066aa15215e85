import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { hasCompiler } from '../../src/main/engine/tensorflow/machine.ts'
import {
  libraryDir,
  libraryNames,
  readSetup,
  type SetupRecord,
} from '../../src/main/engine/training/backends/tensorflow-home.ts'
import { makePython, makeTensorflow } from '../engine/tensorflow/fake-python.ts'
import { deleteWorkspace, ROOT, runCommand, temporaryWorkspace } from '../support/served-app.ts'
import { describeOnTensorflow } from '../support/tensorflow.ts'

const workspace = temporaryWorkspace()
const dir = mkdtempSync(join(tmpdir(), 'minima-setup-'))
let home: string
let bin: string
let count = 0

beforeEach(() => {
  const place = join(dir, String(++count))
  home = join(place, 'home')
  bin = join(place, 'bin')
  mkdirSync(bin, { recursive: true })
})
afterAll(() => {
  deleteWorkspace(workspace)
  rmSync(dir, { recursive: true, force: true })
})

/** On a machine that has only what lies in `bin`. */
const minima = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runCommand(workspace, args, {
    PATH: bin,
    MINIMA_TENSORFLOW_HOME: home,
    VIRTUAL_ENV: '',
    CONDA_PREFIX: '',
    npm_lifecycle_event: undefined,
    ...env,
  })

function useSetup(record: Partial<SetupRecord>): void {
  mkdirSync(home, { recursive: true })
  const setup = { flavor: 'cpu', version: '2.99.0', source: 'a test', dir: home, bytes: 0, device: 'CPU', binding: '' }
  writeFileSync(join(home, 'current.json'), JSON.stringify({ ...setup, ...record }))
}

describe('doctor', () => {
  test('on a machine with nothing names what is missing and what would train instead', async () => {
    const { code, stdout } = await minima(['doctor'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}✗ TensorFlow \(native\): it is not set up$/m)
    expect(stdout).toMatch(/^ {6}CPU {4}cannot be set up: there is no Python 3 here to fetch TensorFlow with$/m)
    expect(stdout).toMatch(/^New runs train on: WebAssembly$/m)
    expect(stdout).toMatch(
      /^To train about \d+ × faster: install Python 3 with pip.*, then `minima setup tensorflow`$/m,
    )
  })

  test('with a Python that has TensorFlow names the one command that links it, as it is typed here', async () => {
    const tensorflow = makeTensorflow(join(bin, 'site'), libraryNames())
    makePython(join(bin, 'python3'), { dir: tensorflow, tensorflow: '2.99.0' })
    for (const name of ['g++', 'make']) makePython(join(bin, name))
    const { stdout } = await minima(['doctor'], { npm_lifecycle_event: 'minima' })
    expect(stdout).toContain(
      `CPU    can be set up: \`npm run minima -- setup tensorflow\` (the TensorFlow 2.99.0 in ${tensorflow})`,
    )
    expect(stdout).toMatch(/faster: `npm run minima -- setup tensorflow`$/m)
  })

  test.each([
    [{ binding: '/nowhere/lib/napi-v8/tfjs_binding.node' }, 'its native module is gone', 'minima setup tensorflow'],
    [{ flavor: 'stock', binding: '/nowhere/x.node' }, 'its native module is gone', 'minima setup tensorflow --stock'],
  ] as const)('of a setup %j says that %s', async (record, reason, command) => {
    useSetup(record)
    const { stdout } = await minima(['doctor'])
    expect(stdout).toContain(`✗ TensorFlow (native): ${reason} (\`${command}\` sets it up anew)`)
    expect(stdout).toContain('New runs train on: WebAssembly')
  })

  test('of a library that is gone, or is none, says which', async () => {
    const binding = join(home, 'cpu/lib/napi-v8/tfjs_binding.node')
    mkdirSync(join(binding, '..'), { recursive: true })
    writeFileSync(binding, 'no module')
    useSetup({ binding })
    expect((await minima(['doctor'])).stdout).toContain(
      `the library it was set up with is gone: ${join(home, 'cpu/deps/lib', libraryNames()[0])} (\`minima setup`,
    )
    mkdirSync(join(home, 'cpu/deps/lib'), { recursive: true })
    for (const name of libraryNames()) writeFileSync(join(home, 'cpu/deps/lib', name), '')
    const { stdout } = await minima(['doctor'])
    expect(stdout).toMatch(
      /✗ TensorFlow \(native\): .*tfjs_binding\.node.* \(`minima setup tensorflow` sets it up anew\)/,
    )
    expect(stdout).toContain('CPU    set up, and does not work: 2.99.0')
  })
})

test('setup without a terminal and without --yes says what it would do, and that nobody was there to ask', async () => {
  makePython(join(bin, 'python3'))
  for (const name of ['g++', 'make']) makePython(join(bin, name))
  const { code, stdout, stderr } = await minima(['setup', 'tensorflow'])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^ {2}size {3}274 MB to download, 859 MB on the disk$/m)
  expect(stdout).toContain(`place  ${home}`)
  expect(stderr.trim()).toBe('there is no terminal to ask in: --yes agrees to this beforehand')
  expect(existsSync(home)).toBe(false)
})

test.each([
  [['setup', 'keras'], /^there is no set-up of keras/],
  [['setup', 'tensorflow', '--cuda', '--stock'], /cannot be used with option/],
  [['setup', 'tensorflow', '--wheel', 'none.whl', '--yes'], /^there is no such wheel: .*none\.whl/],
  [['setup', 'tensorflow', '--python', '/nowhere/python', '--yes'], /^no Python can be run there/],
])('%j fails with a clear line', async (args, message) => {
  const { code, stderr } = await minima(args)
  expect([code, stderr]).toEqual([1, expect.stringMatching(message)])
})

describeOnTensorflow('a TensorFlow in a Python, for real', () => {
  test('is linked, built over, checked, used by the next run, and removed again', async (context) => {
    if (!hasCompiler()) context.skip('there is no C++ compiler here')
    const setup = readSetup()
    const tensorflow = realpathSync(setup ? libraryDir(setup) : '')
    makePython(join(bin, 'python3'), { dir: tensorflow, tensorflow: '2.0.0' })
    const env = { PATH: [bin, process.env['PATH']].join(delimiter), REAL_PATH: process.env['PATH'] }

    const done = await minima(['setup', 'tensorflow', '--yes'], env)
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(done.stdout).toMatch(/^ {2}building {5}built the native module with node-gyp {2}\(.*\)$/m)
    expect(done.stdout).toMatch(/^ {2}checking {5}TensorFlow 2\.\d+\.\d+ works: CPU/m)
    const [name = ''] = readdirSync(home).filter((one) => one.startsWith('cpu-2.'))
    expect(realpathSync(join(home, name, 'deps/lib'))).toBe(tensorflow)

    const xor = join(ROOT, 'examples/xor.yaml')
    const trained = await minima(['train', xor, '--set', 'fit.epochs=2'], env)
    expect(trained.stdout).toMatch(/^backend: tensorflow \(CPU, TensorFlow 2\./m)
    expect((await minima(['doctor'], env)).stdout).toMatch(
      /✓ TensorFlow \(native\) .*: works[^]*CPU {4}in use: 2\.\d+\.\d+/,
    )

    expect((await minima(['setup', 'tensorflow', '--remove', '--yes'], env)).code).toBe(0)
    expect([existsSync(home), existsSync(join(tensorflow, libraryNames()[0]))]).toEqual([false, true])
  })

  test('that is for CUDA says why there is no device, and trains on the CPU', async (context) => {
    if (spawnSync('nvidia-smi').status === 0) context.skip('there is a GPU here')
    const setup = readSetup()
    if (setup) useSetup({ ...setup, flavor: 'cuda' })
    const { stdout } = await minima(['doctor'])
    expect(stdout).toMatch(
      /✓ TensorFlow \(native\) \(CPU, .*\): works \(.*\); no CUDA device: there is no NVIDIA driver/,
    )
  })

  test('whose process crashes is told from one that refuses, and how to train meanwhile', async () => {
    const setup = readSetup()
    if (setup) useSetup(setup)
    const crash = join(dir, 'crash.cjs')
    writeFileSync(crash, `if (process.argv.includes('tensorflow')) process.kill(process.pid, 'SIGBUS')`)
    const { stdout } = await minima(['doctor'], { NODE_OPTIONS: `--require ${crash}` })
    expect(stdout).toContain('its check was ended by SIGBUS (`minima setup tensorflow` sets it up anew)')
    expect(stdout).toContain('New runs train on: WebAssembly, after TensorFlow (native) has been tried')
  })
})
