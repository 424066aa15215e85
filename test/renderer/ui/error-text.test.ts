import { expect, test } from 'vitest'
import { MinimaError } from '../../../src/contract/errors.ts'
import { errorText, recordOf } from '../../../src/renderer/src/ui/error-text.ts'

test('an error says what, what to do, and all there is to copy', () => {
  const record = {
    code: 'loss-not-finite' as const,
    message: 'the loss became NaN at step 412',
    details: { step: 412 },
  }
  expect(errorText(record)).toEqual({
    what: 'The loss became NaN at step 412',
    todo: 'Try a smaller learning rate, or scale the inputs. The last good weights are kept.',
    details: 'loss-not-finite: the loss became NaN at step 412\n{\n  "step": 412\n}',
  })
})

test('a stack comes last, as it is', () => {
  const { details } = errorText({ code: 'internal', message: 'boom', details: { stack: 'Error: boom\n  at x' } })
  expect(details).toBe('internal: boom\nError: boom\n  at x')
})

test('anything thrown has a record', () => {
  expect([recordOf(new MinimaError('not-found', 'gone')), recordOf(new Error('x')), recordOf('y')]).toEqual([
    { code: 'not-found', message: 'gone' },
    { code: 'internal', message: 'x' },
    { code: 'internal', message: 'y' },
  ])
})

test('what a program printed keeps its lines', () => {
  const record = { code: 'internal' as const, message: 'm', details: { output: 'one\ntwo', exitCode: 1 } }
  expect(errorText(record).details).toBe('internal: m\n{\n  "exitCode": 1\n}\noutput:\none\ntwo')
})
