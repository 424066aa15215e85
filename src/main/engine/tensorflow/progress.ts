/** How a setup says how far it is: its stage, its bytes, and its share of the whole by the seconds each stage is worth. */
import type { SetupJob, SetupPlan, SetupStage } from '../../../contract/tensorflow.ts'

export interface StageReport {
  /** A new stage, with what it does. */
  stage(stage: SetupStage, message: string): void
  /** The same stage, with what it does now or has done. */
  say(message: string): void
  bytes(done: number, total: number | null): void
  /** Time has passed: a stage without bytes goes on too. */
  tick(): void
}

const ORDER: readonly SetupStage[] = ['finding', 'downloading', 'unpacking', 'building', 'checking', 'switching']
const MIN_INTERVAL_MS = 100

/** @param emit called ten times a second at most for bytes, and at once for a new message */
export function createReport(plan: SetupPlan, emit: (job: SetupJob) => void, now = Date.now): StageReport {
  const worth = worthOf(plan)
  const whole = ORDER.reduce((sum, stage) => sum + worth[stage], 0)
  let job: SetupJob = {
    state: 'running',
    flavor: plan.flavor,
    stage: 'finding',
    share: 0,
    doneBytes: null,
    totalBytes: null,
    message: '',
    error: null,
  }
  let emittedAt = 0
  let stageAt = now()
  const tell = (change: Partial<SetupJob>): void => {
    const { stage, doneBytes, totalBytes } = { ...job, ...change }
    const before = ORDER.slice(0, ORDER.indexOf(stage)).reduce((sum, one) => sum + worth[one], 0)
    const elapsed = (now() - stageAt) / 1000
    const within =
      doneBytes !== null && totalBytes ? Math.min(1, doneBytes / totalBytes) : elapsed / (elapsed + worth[stage])
    const share = Math.max(job.share ?? 0, (before + within * worth[stage]) / whole)
    job = { ...job, ...change, share }
    emittedAt = now()
    emit(job)
  }
  return {
    stage(stage, message) {
      if (stage !== job.stage) stageAt = now()
      tell({ stage, message, doneBytes: null, totalBytes: null })
    },
    say: (message) => tell({ message }),
    bytes(doneBytes, totalBytes) {
      if (now() - emittedAt >= MIN_INTERVAL_MS) tell({ doneBytes, totalBytes })
      else job = { ...job, doneBytes, totalBytes }
    },
    tick() {
      if (job.doneBytes === null) tell({})
    },
  }
}

/** Seconds, roughly: what the plan's own are not, is what it downloads and unpacks. */
function worthOf({ downloadBytes, diskBytes, secs }: SetupPlan): Record<SetupStage, number> {
  const [building, checking] = [20, 5]
  const moving = Math.max(0, secs - building - checking)
  const downloading = moving * (downloadBytes / Math.max(1, downloadBytes + diskBytes / 15))
  return { finding: 1, downloading, unpacking: moving - downloading, building, checking, switching: 0.5 }
}
