/** Lets a process of its own answer one question, as everything that computes: the trainer's program in another mode. */
import { fork } from 'node:child_process'
import { MinimaError, toErrorRecord, type ErrorRecord } from '../../../contract/errors.ts'

export type ChildAnswer<T> = { readonly answer: T } | { readonly error: ErrorRecord }

/** @throws MinimaError what the child failed with, or `trainer-died` */
export function askChild<T>(script: string, mode: string, job: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(script, [mode], {
      execArgv: ['--no-warnings'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.on('message', (told: ChildAnswer<T>) => {
      if ('answer' in told) resolve(told.answer)
      else reject(MinimaError.fromRecord(told.error))
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      reject(new MinimaError('trainer-died', `the process that was to answer ended (${signal ?? `code ${code}`})`))
    })
    child.send(job)
  })
}

/** In the child: answers what it is asked, and ends. */
export function answerParent<J, T>(work: (job: J) => Promise<T>): void {
  process.on('message', (job: J) => {
    const told = work(job).then(
      (answer): ChildAnswer<T> => ({ answer }),
      (error: unknown): ChildAnswer<T> => ({ error: toErrorRecord(error) }),
    )
    void told.then((message) => process.send?.(message, () => process.exit(0)))
  })
}
