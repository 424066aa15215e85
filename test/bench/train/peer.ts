/** A contender in a process of its own: takes commands as lines of JSON on its input, answers each with one line. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Peer {
  /** One at a time. @throws what the peer says went wrong, or that it ended */
  ask<T>(command: object): Promise<T>
  close(): void
}

const STDERR_KEPT = 2_000

export function startPeer(program: string, args: readonly string[]): Peer {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let stderr = ''
  let ended: Error | null = null
  let waiting: { done(line: string): void; fail(error: Error): void } | null = null
  const end = (how: string): void => {
    ended ??= new Error(`${program} ${how}\n${stderr}`)
    waiting?.fail(ended)
  }
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT)))
  child.on('error', (error) => end(`could not be started: ${error.message}`))
  child.on('close', (code, signal) => end(`ended with ${signal ?? code}`))
  child.stdin.on('error', () => undefined) // told by `close`
  createInterface({ input: child.stdout }).on('line', (line) => {
    // Libraries print what they like; an answer is an object.
    if (line.startsWith('{')) waiting?.done(line)
  })

  return {
    async ask<T>(command: object): Promise<T> {
      const line = await new Promise<string>((done, fail) => {
        if (ended) return fail(ended)
        waiting = { done, fail }
        child.stdin.write(`${JSON.stringify(command)}\n`)
      })
      waiting = null
      const answer = JSON.parse(line) as T & { error?: string }
      if (answer.error) throw new Error(answer.error)
      return answer
    },
    close: () => void child.stdin.end(),
  }
}
