/** Has a script run in a process of its own, and takes what it exports. */
import { fork } from 'node:child_process'
import type { Hparams } from '../../../contract/run.ts'
import { scriptFault } from './script-failure.ts'
import type { ScriptAnswer, ScriptRead } from './script-protocol.ts'

/** A script may fetch something before it says what it wants; it is not to hang for ever. */
const TIMEOUT_MS = 60_000
const STDERR_KEPT = 2_000

/** @param hparams in place of those that the script says @throws MinimaError `experiment-invalid` with the user's file and line. */
export async function readScript(program: string, path: string, hparams: Hparams): Promise<ScriptRead> {
  const answer = await ask(program, [path, JSON.stringify(hparams)])
  if (answer.type === 'read') return answer
  throw scriptFault(answer, path)
}

function ask(program: string, args: readonly string[]): Promise<ScriptAnswer> {
  return new Promise((done) => {
    const child = fork(program, args, {
      execArgv: ['--no-warnings'],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    let stderr = ''
    const fail = (message: string): void => done({ type: 'failed', message, at: null })
    const timer = setTimeout(() => {
      fail(`the script did not say its experiment within ${TIMEOUT_MS / 1000} s`)
      child.kill('SIGKILL')
    }, TIMEOUT_MS)
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT)
    })
    child.on('message', (answer: ScriptAnswer) => done(answer))
    child.on('error', (error) => fail(`the script could not be run: ${error.message}`))
    child.on('close', (code) => {
      clearTimeout(timer)
      fail(`the script ended with code ${code} before it said its experiment${stderr && `: ${stderr.trim()}`}`)
    })
  })
}
