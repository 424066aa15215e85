/** The pause between calls of steps: what was logged is sent, and the event loop has its turn. */
import type { LogSender } from './log-sender.ts'

/** Lets messages through (a stop, a lost channel) at least this often. */
const YIELD_MS = 50

export interface BreathHooks {
  readonly log: Pick<LogSender, 'flushIfDue'>
  /** Lets messages through. */
  readonly pause: () => Promise<void>
}

/** To be awaited between calls. */
export function createBreath({ log, pause }: BreathHooks): () => Promise<void> {
  let yieldedAt = performance.now()
  return async () => {
    log.flushIfDue()
    if (performance.now() - yieldedAt < YIELD_MS) return
    await pause()
    yieldedAt = performance.now()
  }
}
