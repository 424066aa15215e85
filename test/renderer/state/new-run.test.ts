import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MinimaError } from '../../../src/contract/errors.ts'
import type { Example, Problem } from '../../../src/contract/requests.ts'
import { runId } from '../../../src/contract/terms.ts'
import { EngineLink } from '../../../src/renderer/src/client/engine-link.ts'
import { NewRunState } from '../../../src/renderer/src/state/new-run.svelte.ts'
import { Remembered } from '../../../src/renderer/src/state/remembered.ts'
import { runRecord } from '../run-record.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function example(id: string, missing: string | null = null): Example {
  return {
    id,
    title: id,
    description: '',
    path: `/examples/${id}.yaml`,
    baseDir: '/examples',
    text: `name: ${id}`,
    missing,
  }
}

const problem: Problem = { path: 'fit.batchSize', line: 3, column: 14, message: 'expected a positive integer, got 0' }

interface SetUp {
  readonly state: NewRunState
  readonly asked: string[]
  answers: Record<string, unknown>
}

function setUp(draft: unknown = null): SetUp {
  const asked: string[] = []
  const link = new EngineLink({ origin: 'http://x', token: 't' })
  vi.spyOn(link, 'request').mockImplementation((name, params) => {
    const { text, path, baseDir } = params as { text?: string; path?: string; baseDir?: string }
    asked.push([name, text, baseDir, path].filter((part) => part !== undefined).join(' | '))
    const answer = made.answers[name]
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never)
  })
  const made: SetUp = {
    state: new NewRunState(link, new Remembered(link, 'page.draft'), new Remembered(link, 'page.scripts')),
    asked,
    answers: {
      'experiments.examples': [example('first'), example('full', 'no such file')],
      'experiments.check': { problems: [], hparams: null },
      'settings.read': draft,
      'settings.write': {},
      'runs.start': runRecord('new'),
    },
  }
  return made
}

test('the first example is ready to start at once, before it is checked', async () => {
  const { state, asked, answers } = setUp()
  answers['experiments.check'] = new Promise(() => undefined)
  await state.open()
  expect([state.text, state.isChecking, state.canStart]).toEqual(['name: first', true, true])
  expect([await state.start(), asked.at(-1)]).toEqual([
    runRecord('new'),
    'runs.start | name: first | /examples | /examples/first.yaml',
  ])
})

test('typing is checked once it pauses; problems keep it from starting', async () => {
  const { state, asked, answers } = setUp()
  await state.open()
  await vi.advanceTimersByTimeAsync(0)
  answers['experiments.check'] = { problems: [problem], hparams: null }
  asked.length = 0
  state.edit('name: a')
  state.edit('name: ab')
  expect(state.canStart).toBe(false)
  await vi.advanceTimersByTimeAsync(300)
  expect([asked, state.problems, state.isChecking, state.canStart]).toEqual([
    ['experiments.check | name: ab | /examples | /examples/first.yaml'],
    [problem],
    false,
    false,
  ])
  answers['experiments.check'] = { problems: [], hparams: null }
  state.revert()
  await vi.advanceTimersByTimeAsync(300)
  expect([state.text, state.isEdited, state.canStart]).toEqual(['name: first', false, true])
})

test('an example that lacks its data says so, once, and does not start', async () => {
  const { state, answers } = setUp()
  await state.open()
  state.pick(example('full', 'no such file'))
  expect([state.missing, state.canStart]).toEqual(['no such file', false])
  answers['experiments.check'] = { problems: [{ ...problem, message: 'no such file' }], hparams: null }
  state.edit('name: full')
  await vi.advanceTimersByTimeAsync(300)
  expect([state.missing, state.canStart]).toEqual([null, false])
})

test('a draft is taken up where it was left', async () => {
  const { state } = setUp({ id: 'full', text: 'name: mine' })
  await state.open()
  expect([state.source?.id, state.text, state.isEdited]).toEqual(['full', 'name: mine', true])
})

test('an earlier run’s file is read where that file was', async () => {
  const { state, asked, answers } = setUp()
  answers['runs.get'] = { sourceText: 'name: old', sourcePath: '/lab/old.yaml', environment: null }
  await state.openFrom(runId.parse('r1'))
  await state.open()
  await state.start()
  expect(asked.at(-1)).toBe('runs.start | name: old | /lab | /lab/old.yaml')
})

test('what kept it from starting is told', async () => {
  const { state, answers } = setUp()
  await state.open()
  const refused = new MinimaError('workspace-unusable', 'the disk is full')
  answers['runs.start'] = refused
  expect([await state.start(), state.error, state.canStart]).toEqual([null, refused, true])
})

test('a script is shown and not run before somebody allowed it, once for each text', async () => {
  vi.useRealTimers()
  const { state, asked, answers } = setUp()
  const script = { path: '/lab/my-model.ts', text: 'export default 1' }
  answers['scripts.read'] = script
  await state.openScript('~/my-model.ts')
  expect([state.isScript, state.text, state.canStart, asked]).toEqual([
    true,
    script.text,
    true,
    ['scripts.read | ~/my-model.ts'],
  ])
  expect([await state.start(), state.asksToRun]).toEqual([null, true])
  expect(asked.filter((one) => one.startsWith('runs.start'))).toEqual([])

  // What was allowed is remembered by its text.
  const written = vi.fn<(value: unknown) => void>()
  vi.spyOn(Remembered.prototype, 'write').mockImplementation((value) => {
    written(value)
    answers['settings.read'] = value
  })
  expect(await state.allowAndStart()).toEqual(runRecord('new'))
  expect(written).toHaveBeenCalledWith({ [script.path]: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
  expect([await state.start(), asked.at(-1)]).toEqual([
    runRecord('new'),
    `runs.start | ${script.text} | /lab | ${script.path}`,
  ])

  answers['scripts.read'] = { ...script, text: 'export default 2' }
  expect([await state.start(), state.asksToRun, state.text]).toEqual([null, true, 'export default 2'])
  vi.restoreAllMocks()
})

test('an earlier run of a script opens the script, not its text as a file', async () => {
  const { state, asked, answers } = setUp()
  answers['runs.get'] = { sourceText: 'export default 1', sourcePath: '/lab/old.ts', environment: null }
  answers['scripts.read'] = { path: '/lab/old.ts', text: 'export default 2' }
  await state.openFrom(runId.parse('r1'))
  expect([state.source?.id, state.text, state.isScript]).toEqual(['r1', 'export default 2', true])
  expect(asked).not.toContainEqual(expect.stringMatching(/^experiments\.check/))
})
