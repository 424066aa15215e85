/**
 * Ends the runs of a program that ends: finished when it ends well, crashed with its error when it does not, stopped by
 * Ctrl-C. What kills it without a word (SIGKILL, a fault of native code) the engine sees for itself.
 */
import type { JournalEnd } from '../contract/journal.ts'

export interface OpenRun {
  flush(): void
  end(state: JournalEnd['state'], error: JournalEnd['error']): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const open = new Set<OpenRun>()
let uncaught: Error | null = null
let listening = false

/** @returns a function that takes the run off: it has ended by itself. */
export function endWithProgram(run: OpenRun): () => void {
  open.add(run)
  if (!listening) listen()
  return () => void open.delete(run)
}

function listen(): void {
  listening = true
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = error
  })
  process.on('exit', (code) => {
    if (code === 0) return endAll('finished', null)
    const message = uncaught ? uncaught.message : `its program ended with code ${code}`
    endAll('crashed', { message, stack: uncaught?.stack ?? null })
  })
  for (const signal of SIGNALS) {
    const leave = (): void => {
      for (const run of open) run.flush()
      // A program that has a listener of its own decides itself what becomes of it.
      if (process.listenerCount(signal) > 1) return
      endAll('stopped', null)
      process.off(signal, leave)
      process.kill(process.pid, signal)
    }
    process.on(signal, leave)
  }
}

function endAll(state: JournalEnd['state'], error: JournalEnd['error']): void {
  for (const run of [...open]) run.end(state, error)
}
