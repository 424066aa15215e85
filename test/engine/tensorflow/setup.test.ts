import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SetupJob } from '../../../src/contract/tensorflow.ts'
import { createSetupManager, type SetupManager } from '../../../src/main/engine/tensorflow/setup-manager.ts'
import type { SetupChoice } from '../../../src/main/engine/tensorflow/plans.ts'
import { libraryNames, readSetup } from '../../../src/main/engine/training/backends/tensorflow-home.ts'
import { eventually } from '../../support/served-app.ts'
import { makePython, makeTensorflow, pipCalls } from './fake-python.ts'
import { tensorflowFiles, writeWheel } from './make-wheel.ts'
import { temporaryFolder } from './temporary-folder.ts'

const dir = temporaryFolder()
const [cc] = libraryNames()
const CPU: SetupChoice = { flavor: 'cpu', python: null, wheel: null }
/** Stands for the trainer: says that a setup works when its library is there, is ended by a signal, or whatever a file says. */
const TRAINER = `
const { existsSync, readFileSync } = require('node:fs'), { join, dirname } = require('node:path')
const setup = JSON.parse(process.env.MINIMA_TENSORFLOW_CANDIDATE)
const verdict = readFileSync(join(__dirname, 'verdict'), 'utf8')
if (verdict === 'crash') process.kill(process.pid, 'SIGKILL')
const works = verdict === 'works' && existsSync(join(dirname(setup.binding), '../../deps/lib', '${cc}'))
console.log('noise of TensorFlow')
console.log(JSON.stringify({ name: 'tensorflow', title: 'TensorFlow', available: works, device: works ? 'CPU, TensorFlow 2.99.0' : null,
  reason: works ? 'works' : verdict, noDevice: setup.flavor === 'cuda' ? 'no driver' : null }))
`

let count = 0
let place: string
let home: string
let index: string
let python: string
let jobs: SetupJob[]
let setups: SetupManager
const before = { ...process.env }

beforeEach(() => {
  place = join(dir, String(++count))
  home = join(place, 'home')
  index = join(place, 'index')
  mkdirSync(index, { recursive: true })
  python = makePython(join(place, 'bin/python3'), { index })
  const nativeDir = join(place, 'native')
  mkdirSync(join(nativeDir, `${process.platform}-${process.arch}`), { recursive: true })
  writeFileSync(join(nativeDir, `${process.platform}-${process.arch}/tfjs_binding.node`), 'module')
  writeFileSync(join(place, 'trainer.cjs'), TRAINER)
  judge('works')
  writeWheel(index, 'tensorflow_cpu-2.99.0-cp312.whl', tensorflowFiles())
  Object.assign(process.env, { MINIMA_TENSORFLOW_HOME: home, PATH: join(place, 'bin') })
  jobs = []
  setups = createSetupManager({
    trainerScript: join(place, 'trainer.cjs'),
    nativeDir,
    emit: (job) => void jobs.push(job),
  })
})
afterEach(async () => {
  await setups.cancel()
  process.env = { ...before }
})

function judge(verdict: string): void {
  writeFileSync(join(place, 'verdict'), verdict)
}

async function setUp(choice: Partial<SetupChoice> = {}): Promise<SetupJob> {
  await setups.start({ ...CPU, ...choice })
  return eventually('the end of the setup', () => {
    const last = jobs.at(-1)
    return last && last.state !== 'running' && !setups.isRunning() ? last : null
  })
}

const stages = (): string[] => [...new Set(jobs.map(({ stage }) => stage))]

test('a wheel of pip becomes the setup in use, stage by stage, and only what is needed stays', async () => {
  expect(await setUp()).toMatchObject({ state: 'done', share: 1, message: 'TensorFlow 2.99.0 is set up: CPU' })
  expect(stages()).toEqual(['finding', 'downloading', 'unpacking', 'building', 'checking', 'switching'])
  const shares = jobs.map(({ share }) => share ?? 0)
  expect(shares).toEqual([...shares].sort((a, b) => a - b))
  expect(readSetup()).toEqual({
    flavor: 'cpu',
    version: '2.99.0',
    source: 'TensorFlow 2.99.0 from pip',
    dir: join(home, 'cpu-2.99.0'),
    bytes: expect.any(Number),
    device: 'CPU',
    binding: join(home, 'cpu-2.99.0/lib/napi-v8/tfjs_binding.node'),
  })
  const libraries = join(home, 'cpu-2.99.0/deps/lib')
  expect(readdirSync(libraries).sort()).toEqual(['include', ...libraryNames()].sort())
  expect(realpathSync(libraries)).toBe(realpathSync(join(home, 'cpu-2.99.0/site/tensorflow')))
  expect(readdirSync(home).sort()).toEqual(['cpu-2.99.0', 'current.json'])
})

test('a TensorFlow in a Python is linked where it is', async () => {
  const tensorflow = makeTensorflow(join(place, 'site'), libraryNames())
  makePython(python, { dir: tensorflow, package: 'tensorflow-cpu', tensorflow: '2.99.0' })
  expect(await setUp()).toMatchObject({ state: 'done' })
  expect(realpathSync(join(home, 'cpu-2.99.0/deps/lib'))).toBe(realpathSync(tensorflow))
  expect(pipCalls(python)).toEqual([])
})

test('a setup that does not pass its check leaves the one in use alone, says why, and goes on from there', async () => {
  await setUp()
  const inUse = readSetup()
  for (const [verdict, message] of [
    ['libfoo.so.1: cannot open', 'it does not work here: libfoo.so.1: cannot open'],
    ['crash', 'the check was ended by SIGKILL: it said nothing'],
  ] as const) {
    judge(verdict)
    const ended = await setUp()
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'backend-unavailable' } })
    expect(ended.message.startsWith(`${message} (and another native module: `)).toBe(true)
    expect(readSetup()).toEqual(inUse)
  }
  const calls = pipCalls(python).length
  judge('works')
  expect(await setUp()).toMatchObject({ state: 'done' })
  expect(pipCalls(python)).toHaveLength(calls)
  expect(readdirSync(home).filter((name) => name.startsWith('cpu-'))).toEqual(['cpu-2.99.0-2'])
})

test('cancelled while pip fetches, nothing is in use and the next one starts there again', async () => {
  makePython(python, { index, pauseMs: 60_000 })
  void setups.start(CPU)
  await eventually('the download', () => jobs.some(({ stage, doneBytes }) => stage === 'downloading' && doneBytes))
  await setups.cancel()
  expect(jobs.at(-1)).toMatchObject({
    state: 'cancelled',
    stage: 'downloading',
    message: 'cancelled; what was finished is kept',
  })
  expect(readSetup()).toBeNull()
  expect(existsSync(join(home, 'setup.lock'))).toBe(false)
  makePython(python, { index })
  expect(await setUp()).toMatchObject({ state: 'done' })
})

test('a wheel that was fetched, and one that was unpacked, are not fetched again', async () => {
  const wheels = join(home, 'staging-cpu/wheels')
  mkdirSync(wheels, { recursive: true })
  writeWheel(wheels, 'tensorflow_cpu-2.99.0-cp312.whl', tensorflowFiles())
  mkdirSync(join(home, 'staging-cpu/site.partial/half'), { recursive: true })
  expect(await setUp()).toMatchObject({ state: 'done' })
  expect(jobs.map(({ message }) => message)).toContain('kept from the setup before: tensorflow_cpu-2.99.0-cp312.whl')
  expect(pipCalls(python)).toEqual([])
})

test('another wheel than the one that was unpacked is unpacked anew', async () => {
  const first = writeWheel(place, 'tensorflow-2.98.0-cp312.whl', tensorflowFiles())
  judge('too old')
  await setUp({ wheel: first })
  judge('works')
  const second = writeWheel(place, 'tensorflow-2.99.0-cp312.whl', tensorflowFiles())
  expect(await setUp({ wheel: second })).toMatchObject({ state: 'done' })
  expect(readSetup()).toMatchObject({ source: 'the wheel tensorflow-2.99.0-cp312.whl' })
  expect(existsSync(second)).toBe(true)
})

test('a wheel that is cut off, or holds no libraries, fails with its name', async () => {
  const wheel = writeWheel(place, 'tensorflow-2.99.0-cp312.whl', tensorflowFiles().slice(2))
  expect(await setUp({ wheel })).toMatchObject({ state: 'failed', message: `this wheel holds no ${cc}: ${wheel}` })
  writeFileSync(wheel, 'PK')
  expect(await setUp({ wheel })).toMatchObject({
    message: expect.stringMatching(/^the wheel is not whole .*cp312\.whl$/),
  })
})

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'CUDA brings NVIDIA’s wheels that TensorFlow asks for, beside it as in site-packages (skipped: Linux on x64 only)',
  async () => {
    const files = tensorflowFiles([
      'nvidia-cudnn-cu12 (<10.0,>=9.3) ; extra == "and-cuda"',
      'nvidia-other-cu12; extra == "x"',
    ])
    writeWheel(index, 'tensorflow-2.99.0-cp312.whl', files)
    writeWheel(index, 'nvidia_cudnn_cu12-9.9.0-py3.whl', [
      { name: 'nvidia/cudnn/lib/libcudnn.so.9', text: 'cudnn' },
      { name: 'nvidia/cudnn/include/cudnn.h', text: '//' },
    ])
    const ended = await setUp({ flavor: 'cuda' })
    expect(ended).toMatchObject({ state: 'done', message: 'TensorFlow 2.99.0 is set up: no CUDA device: no driver' })
    expect(pipCalls(python).map((args) => args.at(-1))).toEqual(['tensorflow', 'nvidia-cudnn-cu12<10.0,>=9.3'])
    const site = join(realpathSync(join(home, 'cuda-2.99.0/deps/lib')), '..')
    expect(readFileSync(join(site, 'nvidia/cudnn/lib/libcudnn.so.9'), 'utf8')).toBe('cudnn')
    expect(existsSync(join(site, 'nvidia/cudnn/include'))).toBe(false)
  },
)

test('one at a time: in one engine the second is told of the first, in two it is refused', async () => {
  makePython(python, { index, pauseMs: 60_000 })
  const first = await setups.start(CPU)
  expect(await setups.start({ ...CPU, flavor: 'stock' })).toMatchObject({ flavor: first.flavor, state: 'running' })
  expect(() => setups.remove()).toThrow('a setup of TensorFlow goes on; cancel it first')
  await eventually('its lock', () => existsSync(join(home, 'setup.lock')))
  const others: SetupJob[] = []
  const other = createSetupManager({
    trainerScript: '',
    nativeDir: join(place, 'native'),
    emit: (job) => others.push(job),
  })
  await other.start(CPU)
  await eventually('its refusal', () => !other.isRunning())
  expect(others.at(-1)?.message).toMatch(new RegExp(`^process ${process.pid} is setting up TensorFlow already`))
})

test('the lock of a process that is dead holds nobody up', async () => {
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'setup.lock'), '999999999')
  expect(await setUp()).toMatchObject({ state: 'done' })
})

test('removing deletes what was made, in use or half done, and nothing else', async () => {
  await setUp()
  mkdirSync(join(home, 'staging-cuda/wheels'), { recursive: true })
  writeFileSync(join(home, 'mine.txt'), 'of somebody')
  setups.remove()
  expect(readSetup()).toBeNull()
  expect(readdirSync(home)).toEqual(['mine.txt'])
  rmSync(join(home, 'mine.txt'))
  setups.remove()
  expect(existsSync(home)).toBe(false)
})

test('what cannot be done here is refused before anything starts', async () => {
  rmSync(python)
  await expect(setups.start(CPU)).rejects.toMatchObject({ code: 'backend-unavailable' })
  expect([jobs, existsSync(home)]).toEqual([[], false])
  const { installed, plans, job } = await setups.status({ python: null, wheel: null })
  expect([installed, job, plans.map(({ flavor }) => flavor)]).toEqual([null, null, ['cpu', 'cuda', 'stock']])
})
