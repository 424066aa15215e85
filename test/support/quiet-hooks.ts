/** What `fit` is handed where a test looks at no more than some of its points. */
import type { FitHooks } from '../../src/main/engine/training/fit.ts'
import { SILENT_LOG, type LogSender } from '../../src/main/engine/training/log-sender.ts'

/** @param log what of the log a test looks at */
export function quietHooks(log: Partial<LogSender> = {}): FitHooks {
  return {
    log: { ...SILENT_LOG, ...log },
    progress: () => undefined,
    pause: () => Promise.resolve(),
    now: () => 1,
    stopAsked: () => false,
  }
}
