/** Lets a trainer predict: in a process of its own, as everything that computes. */
import { fork } from 'node:child_process'
import { MinimaError, type ErrorRecord } from '../../../contract/errors.ts'
import type { Predictions } from '../../../contract/predictions.ts'
import type { PredictJob } from './predict.ts'

export type PredictAnswer = { readonly predictions: Predictions } | { readonly error: ErrorRecord }

/** @throws MinimaError what the trainer failed with, or `trainer-died` */
export function predictInChild(script: string, job: PredictJob): Promise<Predictions> {
  return new Promise((resolve, reject) => {
    const child = fork(script, ['--predict'], {
      execArgv: ['--no-warnings'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.on('message', (answer: PredictAnswer) => {
      if ('predictions' in answer) resolve(answer.predictions)
      else reject(new MinimaError(answer.error.code, answer.error.message, answer.error.details))
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      reject(new MinimaError('trainer-died', `the process that was to predict ended (${signal ?? `code ${code}`})`))
    })
    child.send(job)
  })
}
