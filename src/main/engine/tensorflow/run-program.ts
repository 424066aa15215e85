/** Runs a program to its end with everything it starts, so that cancelling leaves none of them behind. */
import { spawn, type ChildProcess } from 'node:child_process'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Ends the program and what it started. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** Every line of both streams, as it comes. */
  readonly onLine?: (line: string) => void
}

export interface ProgramEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const KEPT = 200_000
const GRACE_MS = 2_000

/** @throws what the signal was aborted with, or that the program could not be started. */
export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramEnd> {
  const { signal, onLine, timeoutMs } = options
  signal?.throwIfAborted()
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, which can be ended as a whole, and which Ctrl-C in a terminal does not reach before we do.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    const stdout = collect(child.stdout, onLine)
    const stderr = collect(child.stderr, onLine)
    const abort = (): void => endGroup(child)
    signal?.addEventListener('abort', abort)
    const timer = timeoutMs === undefined ? undefined : setTimeout(abort, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      fail(error)
    })
    child.on('close', (code, endedBy) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      if (signal?.aborted) fail(signal.reason as Error)
      else done({ code, signal: endedBy, stdout: stdout(), stderr: stderr() })
    })
  })
}

function collect(stream: NodeJS.ReadableStream, onLine: ((line: string) => void) | undefined): () => string {
  let text = ''
  let line = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-KEPT)
    if (!onLine) return
    const lines = (line + chunk).split(/\r?\n|\r/)
    line = lines.pop() ?? ''
    for (const whole of lines) onLine(whole)
  })
  return () => text
}

function endGroup(child: ChildProcess): void {
  const end = (signal: NodeJS.Signals): void => {
    try {
      if (process.platform === 'win32') child.kill(signal)
      else process.kill(-(child.pid ?? 0), signal)
    } catch {
      // it has ended by itself
    }
  }
  end('SIGTERM')
  const timer = setTimeout(() => end('SIGKILL'), GRACE_MS)
  child.on('close', () => clearTimeout(timer))
}
