/** Has a script run in a process of its own, and takes what it exports. */
import { fork } from 'node:child_process'
import { MinimaError } from '../../../contract/errors.ts'
import type { ScriptAnswer, ScriptRead } from './script-protocol.ts'

/** A script may fetch something before it says what it wants; it is not to hang for ever. */
const TIMEOUT_MS = 60_000
const STDERR_KEPT = 2_000

/** @throws MinimaError `experiment-invalid` with the user's file and line. */
export async function readScript(program: string, path: string): Promise<ScriptRead> {
  const answer = await ask(program, path)
  if (answer.type === 'read') return answer
  const at = answer.at ?? { path, line: null }
  const problems = [
    { path: '', line: answer.at?.path === path ? answer.at.line : null, column: null, message: answer.message },
  ]
  const where = at.line === null ? at.path : `${at.path}:${at.line}`
  throw new MinimaError('experiment-invalid', `${where}: ${answer.message}`, { problems, path })
}

function ask(program: string, path: string): Promise<ScriptAnswer> {
  return new Promise((done) => {
    const child = fork(program, [path], {
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
