/** The setups of this engine: one at a time, told of as they go on, cancelled when asked or when the engine ends. */
import { MinimaError, toErrorRecord } from '../../../contract/errors.ts'
import type { SetupJob, TensorflowStatus } from '../../../contract/tensorflow.ts'
import { readSetup, tensorflowHome } from '../training/backends/tensorflow-home.ts'
import { planSetups, type SetupChoice } from './plans.ts'
import { createReport } from './progress.ts'
import { removeSetups } from './remove.ts'
import { setUp } from './setup.ts'

const TICK_MS = 500

export interface SetupManagerOptions {
  readonly trainerScript: string
  readonly nativeDir: string | null
  readonly emit: (job: SetupJob) => void
}

export interface SetupManager {
  status(from: Pick<SetupChoice, 'python' | 'wheel'>): Promise<TensorflowStatus>
  /** @throws MinimaError `backend-unavailable` with the obstacle. The one that goes on is told instead of a second. */
  start(choice: SetupChoice): Promise<SetupJob>
  /** Resolves when nothing of it runs any more. */
  cancel(): Promise<void>
  /** @throws MinimaError `bad-request` while one goes on */
  remove(): void
  isRunning(): boolean
}

export function createSetupManager({ trainerScript, nativeDir, emit }: SetupManagerOptions): SetupManager {
  let job: SetupJob | null = null
  let abort: AbortController | null = null
  let ended: Promise<void> = Promise.resolve()

  const tell = (next: SetupJob): void => {
    job = next
    emit(next)
  }

  const start = async (choice: SetupChoice): Promise<SetupJob> => {
    if (job && isRunning()) return job
    const home = tensorflowHome()
    const [plan] = await planSetups({ home, nativeDir }, [choice])
    if (job && isRunning()) return job // another was faster
    if (!plan?.source) throw new MinimaError('backend-unavailable', plan?.shown.obstacle ?? 'there is no such plan')
    const controller = new AbortController()
    abort = controller
    const report = createReport(plan.shown, tell)
    const tools = { home, nativeDir, trainerScript, report, signal: controller.signal }
    report.stage('finding', `from ${plan.shown.source}`)
    const ticking = setInterval(report.tick, TICK_MS)
    const { source } = plan
    // Not before the answer is on its way: who asked would hear of later stages first.
    const answered = new Promise((go) => setImmediate(go))
    ended = answered
      .then(() => setUp(plan, source, tools))
      .finally(() => clearInterval(ticking))
      .then(
        ({ version, device }) =>
          finish({ state: 'done', share: 1, message: `TensorFlow ${version} is set up: ${device}` }),
        (error: unknown) => {
          if (controller.signal.aborted) finish({ state: 'cancelled', message: 'cancelled; what was finished is kept' })
          else finish({ state: 'failed', message: toErrorRecord(error).message, error: toErrorRecord(error) })
        },
      )
    return latest()
  }

  const latest = (): SetupJob => {
    if (!job) throw new MinimaError('internal', 'a setup that was started has no job')
    return job
  }

  const finish = (change: Partial<SetupJob>): void => {
    abort = null
    tell({ ...latest(), doneBytes: null, totalBytes: null, ...change })
  }

  const isRunning = (): boolean => abort !== null

  return {
    start,
    isRunning,
    async status(from) {
      const choices = (['cpu', 'cuda', 'stock'] as const).map((flavor) => ({ flavor, ...from }))
      const plans = await planSetups({ home: tensorflowHome(), nativeDir }, choices)
      return { installed: readSetup(), plans: plans.map(({ shown }) => shown), job }
    },
    async cancel() {
      abort?.abort(new MinimaError('backend-unavailable', 'the setup was cancelled'))
      await ended
    },
    remove() {
      if (isRunning()) throw new MinimaError('bad-request', 'a setup of TensorFlow goes on; cancel it first')
      removeSetups(tensorflowHome())
      job = null
    },
  }
}
