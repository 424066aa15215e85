/** Forks a trainer and turns what it says, or its death, into calls. Runs in the engine; knows nothing of the store. */
import { fork } from 'node:child_process'
import { MinimaError } from '../../../contract/errors.ts'
import type { LogRecord } from '../../../contract/log-record.ts'
import type { Progress } from '../../../contract/run.ts'
import type { EndedMessage, FromTrainer, PreparedMessage, StartMessage, ToTrainer } from './trainer-protocol.ts'

export interface TrainerListener {
  prepared(message: PreparedMessage): void
  logs(records: readonly LogRecord[]): void
  progress(progress: Progress): void
  /** To be committed: what was logged before it has been given to `logs`. */
  checkpointed(draft: string): void
  /** What code of a script wrote with `console`. */
  printed(text: string): void
  /** Exactly one of `ended` and `died` is called, once, last. */
  ended(message: EndedMessage): void
  died(error: MinimaError): void
}

export interface TrainerHandle {
  readonly pid: number
  /** Asks it to stop after the current step and to save. */
  stop(): void
  kill(): void
  /** Whether `stop` or `kill` was called: its end is no surprise then. */
  readonly endAsked: boolean
  readonly exited: Promise<void>
}

const STDERR_KEPT = 4_000

export function startTrainer(script: string, job: StartMessage, listener: TrainerListener): TrainerHandle {
  const child = fork(script, [], {
    execArgv: ['--no-warnings'],
    serialization: 'advanced',
    stdio: ['ignore', job.script ? 'pipe' : 'ignore', 'pipe', 'ipc'],
  })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => listener.printed(text))
  let stderr = ''
  let ended = false
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT)
  })
  child.on('message', (message: FromTrainer) => {
    switch (message.type) {
      case 'prepared':
        return listener.prepared(message)
      case 'logs':
        return listener.logs(message.records)
      case 'progress':
        return listener.progress(message.progress)
      case 'checkpoint':
        return listener.checkpointed(message.draft)
      case 'ended':
        ended = true
        // What a script wrote last comes by another way, and may be behind.
        if (child.stdout && !child.stdout.readableEnded) child.stdout.once('close', () => listener.ended(message))
        else listener.ended(message)
        return
    }
  })
  const exited = new Promise<void>((done) => {
    const settle = (how: string): void => {
      if (!ended) {
        ended = true
        listener.died(new MinimaError('trainer-died', `the trainer process ${how}`, { stderr }))
      }
      done()
    }
    child.on('error', (error) => settle(`could not be started: ${error.message}`))
    child.on('exit', (code, signal) => settle(signal ? `was ended by ${signal}` : `ended by itself with code ${code}`))
  })
  const say = (message: ToTrainer): void => {
    if (child.connected) child.send(message)
  }
  say(job)
  let endAsked = false
  return {
    pid: child.pid ?? 0,
    stop() {
      endAsked = true
      say({ type: 'stop' })
    },
    kill() {
      endAsked = true
      child.kill('SIGKILL')
    },
    get endAsked() {
      return endAsked
    },
    exited,
  }
}
