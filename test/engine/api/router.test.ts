import { expect, test } from 'vitest'
import { MinimaError } from '../../../src/contract/errors.ts'
import { answerRequest, type Handlers } from '../../../src/main/engine/api/router.ts'

const handlers = {
  'runs.list': () => [],
  'runs.get': ({ runId }) => {
    throw new MinimaError('not-found', `there is no run ${runId}`, { runId })
  },
  'settings.read': ({ key }) => {
    throw new Error(`no ${key}`)
  },
  'settings.write': () => ({}),
} as Partial<Handlers> as Handlers

test.each([
  ['runs.list', {}, { result: [] }],
  ['runs.lst', {}, { error: { code: 'bad-request', message: 'there is no request called runs.lst' } }],
  ['runs.get', { runId: 'x' }, { error: { code: 'not-found', message: 'there is no run x', details: { runId: 'x' } } }],
  ['settings.read', { key: 'k' }, { error: { code: 'internal', message: 'no k', details: expect.anything() } }],
])('%s %j is answered with %j', async (name, params, answer) => {
  expect(await answerRequest(handlers, name, params)).toEqual(answer)
})

test('a field that does not fit is named', async () => {
  const answer = await answerRequest(handlers, 'runs.get', { runId: 7 })
  expect(answer).toMatchObject({ error: { code: 'bad-request', message: expect.stringMatching(/^runs\.get runId: /) } })
})

test('what the contract does not know is refused, not ignored', async () => {
  const answer = await answerRequest(handlers, 'settings.write', { key: 'k', value: 1, also: 2 })
  expect(answer).toMatchObject({ error: { code: 'bad-request' } })
})
