import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MinimaError } from '../../../src/contract/errors.ts'
import type { SetupJob, TensorflowStatus } from '../../../src/contract/tensorflow.ts'
import { EngineLink } from '../../../src/renderer/src/client/engine-link.ts'
import { Remembered } from '../../../src/renderer/src/state/remembered.ts'
import { TensorflowState } from '../../../src/renderer/src/state/tensorflow.svelte.ts'
import { installedTensorflow, setupJob, setupPlan } from '../setup-job.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const plans = [
  setupPlan({ obstacle: 'no Python was found' }),
  setupPlan({ flavor: 'cuda' }),
  setupPlan({ flavor: 'stock' }),
]
const status = (change: Partial<TensorflowStatus> = {}): TensorflowStatus => ({
  installed: null,
  plans,
  job: null,
  ...change,
})

function setUp(remembered: unknown = null) {
  const asked: unknown[] = []
  const answers: Record<string, unknown> = {
    'tensorflow.status': status(),
    'settings.read': remembered,
    'settings.write': {},
  }
  const link = new EngineLink({ origin: 'http://x', token: 't' })
  vi.spyOn(link, 'request').mockImplementation((name, params) => {
    if (name !== 'settings.read') asked.push(name === 'tensorflow.setup' ? params : name)
    const answer = answers[name]
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never)
  })
  let tell: (job: SetupJob) => void = () => undefined
  vi.spyOn(link, 'on').mockImplementation((_, listener) => {
    tell = (job) => listener({ job } as never)
  })
  const onchange = vi.fn(() => Promise.resolve())
  const state = new TensorflowState(link, new Remembered(link, 'page.setup'), onchange)
  return { state, asked, answers, link, onchange, tell: (job: SetupJob) => tell(job) }
}

test('the first plan that can be done here is picked; a choice, a job and what is set up go before it', async () => {
  const { state, answers } = setUp()
  const flavorWith = async (change: Partial<TensorflowStatus>) => {
    answers['tensorflow.status'] = status(change)
    await state.refresh()
    return state.plan?.flavor
  }
  expect([
    await flavorWith({}),
    await flavorWith({ installed: installedTensorflow }),
    await flavorWith({ installed: installedTensorflow, job: setupJob({ state: 'failed', flavor: 'stock' }) }),
  ]).toEqual(['cuda', 'cpu', 'stock'])
  state.change({ flavor: 'cuda' })
  expect([await flavorWith({}), await flavorWith({ job: setupJob({ flavor: 'stock' }) })]).toEqual(['cuda', 'stock'])
})

test('a reload takes up what was filled in and the setup that goes on', async () => {
  const { state, answers } = setUp({ flavor: 'stock', python: '/usr/bin/python3', wheel: 7 })
  answers['tensorflow.status'] = status({ job: setupJob() })
  await Promise.all([state.restore(), state.refresh()])
  expect([state.choice, state.isRunning, state.job]).toEqual([
    { flavor: 'stock', python: '/usr/bin/python3', wheel: '' },
    true,
    setupJob(),
  ])
})

test('a setup is asked for as it was chosen, empty paths left to the engine', async () => {
  const { state, asked, answers } = setUp()
  await state.refresh()
  answers['tensorflow.setup'] = setupJob()
  state.change({ python: '  ', wheel: ' /x.whl ' })
  await state.setUp()
  expect([asked.at(-1), state.isRunning]).toEqual([{ flavor: 'cuda', python: null, wheel: '/x.whl' }, true])
})

test('an answer that an event has overtaken does not turn the job back', async () => {
  const { state, tell, answers } = setUp()
  await state.refresh()
  answers['tensorflow.setup'] = setupJob({ share: 0 })
  const asking = state.setUp()
  tell(setupJob({ share: 0.5 }))
  await asking
  const reading = state.refresh()
  tell(setupJob({ share: 0.6 }))
  await reading
  expect(state.job?.share).toBe(0.6)
})

test('when a job has ended, what is there and what runs would take are asked again', async () => {
  const { state, tell, asked, answers, onchange } = setUp()
  tell(setupJob())
  expect([asked, onchange.mock.calls.length]).toEqual([[], 0])
  const job = setupJob({ state: 'done', share: 1 })
  answers['tensorflow.status'] = status({ installed: installedTensorflow, job })
  tell(job)
  await vi.advanceTimersByTimeAsync(0)
  expect([asked, onchange.mock.calls.length, state.status?.installed, state.isRunning]).toEqual([
    ['tensorflow.status'],
    1,
    installedTensorflow,
    false,
  ])
})

test('a cancel is under way until the job says that it ended', async () => {
  const { state, tell, answers } = setUp()
  answers['tensorflow.cancel'] = {}
  tell(setupJob())
  await state.cancel()
  const meanwhile = state.busy
  tell(setupJob({ state: 'cancelled' }))
  expect([meanwhile, state.busy]).toEqual(['cancel', null])
})

test('what a removal freed is said, and what runs would take is asked again', async () => {
  const { state, answers, onchange } = setUp()
  answers['tensorflow.status'] = status({ installed: installedTensorflow })
  answers['tensorflow.remove'] = status()
  await state.refresh()
  await state.remove()
  expect([state.freedBytes, state.status?.installed, onchange.mock.calls.length]).toEqual([935e6, null, 1])
})

test('what the engine refused is told until it is tried again', async () => {
  const { state, answers } = setUp()
  const refused = new MinimaError('workspace-unusable', 'the disk is full')
  await state.refresh()
  answers['tensorflow.setup'] = refused
  await state.setUp()
  expect([state.failure, state.busy, state.job]).toEqual([{ action: 'setup', error: refused }, null, null])
  answers['tensorflow.setup'] = setupJob()
  await state.setUp()
  expect([state.failure, state.isRunning]).toEqual([null, true])
})

test('the time left is told once the pace is known, and not of a job that has ended', () => {
  const { state, tell } = setUp()
  tell(setupJob({ share: 0.2 }))
  const atFirst = state.etaSecs
  vi.advanceTimersByTime(10_000)
  tell(setupJob({ share: 0.4 }))
  const later = state.etaSecs
  tell(setupJob({ state: 'failed', share: 0.4 }))
  expect([atFirst, later, state.etaSecs]).toEqual([null, expect.closeTo(30), null])
})

test('plans are asked for anew when the typing of a path pauses', async () => {
  const { state, asked, link } = setUp()
  await state.refresh()
  const before = asked.length
  for (const python of ['/usr', '/usr/bin', '/usr/bin/python3']) {
    state.change({ python })
    await vi.advanceTimersByTimeAsync(100)
  }
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked.slice(before).filter((name) => name === 'tensorflow.status')).toHaveLength(1)
  expect(link.request).toHaveBeenLastCalledWith('tensorflow.status', { python: '/usr/bin/python3', wheel: null })
})
