/** What handlers work with. */
import type { EventBus } from '../event-bus.ts'
import type { RunManager } from '../run-manager.ts'
import type { Store } from '../store/store.ts'

export interface ApiContext {
  readonly store: Store
  readonly runs: RunManager
  readonly bus: EventBus
  readonly workspaceDir: string
  readonly examplesDir: string
  readonly trainerScript: string
  readonly version: string
  readonly startedAt: number
  /** Ends the engine after the answer was sent. */
  readonly shutdown: (how: { stopRuns: boolean }) => void
}
