/** What the engine tells everyone who is connected. Events say what changed, never the points: ask for those. */
import { z } from 'zod'
import { runRecord } from './run.ts'
import { setupJob } from './tensorflow.ts'
import { runId } from './terms.ts'

export const events = {
  /** A run is new, or anything in its record changed. Coalesced: at most some 20 a second per run. */
  runChanged: z.object({ run: runRecord }),
  /** Series got points; tags that are new are among them. `newestWallTime` is that of the youngest point, in seconds. */
  seriesGrew: z.object({ runId, tags: z.array(z.string()), newestWallTime: z.number() }),
  /** Code of a script that trains wrote something with `console.log`. */
  runPrinted: z.object({ runId, text: z.string() }),
  /** A setup of TensorFlow went on or ended; ten times a second at most. */
  tensorflowSetup: z.object({ job: setupJob }),
  engineStopping: z.object({ reason: z.string() }),
} as const

export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<N extends EventName> = z.output<Events[N]>
