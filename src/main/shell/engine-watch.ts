/** Keeps the window on a living engine: when the one it shows dies or moves, finds or starts the next. */
import type { EngineFile } from '../../contract/engine-file.ts'
import { addressOf, findOrStartEngine } from '../engine-host.ts'
import { readHealth } from './engine-link.ts'

const WATCH_MS = 1_000

export interface EngineWatch {
  current(): EngineFile | null
  stop(): void
}

/** `onEngine` is called with each engine found, the first included; `onFailure` when none could be started. */
export function watchEngine(
  workspace: string,
  engineScript: string,
  onEngine: (origin: string) => void,
  onFailure: (error: Error) => void,
): EngineWatch {
  let engine: EngineFile | null = null
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  const look = async (): Promise<void> => {
    try {
      if (!engine || !(await readHealth(engine))) {
        engine = await findOrStartEngine(workspace, engineScript)
        if (!stopped) onEngine(addressOf(engine).origin)
      }
    } catch (error) {
      stopped = true
      onFailure(error as Error)
    }
    if (!stopped) timer = setTimeout(() => void look(), WATCH_MS)
  }
  void look()
  return {
    current: () => engine,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
