/** Native TensorFlow as the page sees it: what is set up, what could be, and a setup while it goes on. */
import type { SetupJob, TensorflowFlavor, TensorflowStatus } from '../../../contract/tensorflow.ts'
import type { EngineLink } from '../client/engine-link.ts'
import type { Remembered } from './remembered.ts'
import { etaSecs, type PaceStart } from './setup-pace.ts'

const TYPED_MS = 400

/** What was asked of the engine. */
export type TensorflowAction = 'read' | 'setup' | 'cancel' | 'remove'

/** What a setup would be started with; empty paths are for the engine to find. */
export interface SetupChoice {
  readonly flavor: TensorflowFlavor | null
  readonly python: string
  readonly wheel: string
}

export class TensorflowState {
  status = $state.raw<TensorflowStatus | null>(null)
  job = $state.raw<SetupJob | null>(null)
  etaSecs = $state.raw<number | null>(null)
  /** What was asked last and was refused; how a job itself failed is in `job`. */
  failure = $state.raw<{ readonly action: TensorflowAction; readonly error: unknown } | null>(null)
  busy = $state.raw<TensorflowAction | null>(null)
  /** What the last removal freed, until the next setup. */
  freedBytes = $state.raw<number | null>(null)
  choice = $state.raw<SetupChoice>({ flavor: null, python: '', wheel: '' })
  isRunning = $derived(this.job?.state === 'running')
  /** The plan that is picked: a running job's, else the person's, else the first that can be done here. */
  plan = $derived.by(() => {
    const plans = this.status?.plans ?? []
    const { job } = this
    const unfinished = job !== null && job.state !== 'done' ? job.flavor : null
    const wanted =
      (this.isRunning ? unfinished : null) ?? this.choice.flavor ?? unfinished ?? this.status?.installed?.flavor
    return (
      plans.find(({ flavor }) => flavor === wanted) ??
      plans.find(({ obstacle }) => obstacle === null) ??
      plans[0] ??
      null
    )
  })
  readonly #link: EngineLink
  readonly #remembered: Remembered
  readonly #onchange: () => Promise<void>
  #pace: PaceStart | null = null
  #typed: ReturnType<typeof setTimeout> | undefined
  #reading: Promise<void> | null = null
  /** How often the engine told of a job: an answer that was overtaken by an event says nothing new of it. */
  #toldCount = 0

  /** `onchange` is called when what a run would train on may have changed. */
  constructor(link: EngineLink, remembered: Remembered, onchange: () => Promise<void>) {
    this.#link = link
    this.#remembered = remembered
    this.#onchange = onchange
    link.on('tensorflowSetup', ({ job }) => {
      this.#take(job)
      if (job.state !== 'running') void this.#settle()
    })
  }

  async restore(): Promise<void> {
    const { flavor, python, wheel } = await this.#remembered.read()
    this.choice = {
      flavor: (['cpu', 'cuda', 'stock'] as const).find((known) => known === flavor) ?? null,
      python: typeof python === 'string' ? python : '',
      wheel: typeof wheel === 'string' ? wheel : '',
    }
  }

  change(change: Partial<SetupChoice>): void {
    this.choice = { ...this.choice, ...change }
    this.#remembered.write(this.choice)
    if (change.python === undefined && change.wheel === undefined) return
    // What a setup would take depends on them: asked for when the typing pauses.
    clearTimeout(this.#typed)
    this.#typed = setTimeout(() => void (this.#reading ?? Promise.resolve()).then(() => this.refresh()), TYPED_MS)
  }

  /** One answer serves all who ask at the same time. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = null))
    return this.#reading
  }

  async setUp(): Promise<void> {
    const flavor = this.plan?.flavor
    if (!flavor) return
    await this.#ask('setup', async () => {
      const toldCount = this.#toldCount
      const job = await this.#link.request('tensorflow.setup', { flavor, ...this.#paths() })
      this.freedBytes = null
      if (toldCount === this.#toldCount) this.#take(job)
    })
  }

  /** Is busy until the job has told that it ended. */
  async cancel(): Promise<void> {
    await this.#ask('cancel', async () => void (await this.#link.request('tensorflow.cancel', {})))
    if (this.isRunning && this.failure === null) this.busy = 'cancel'
  }

  async remove(): Promise<void> {
    const bytes = this.status?.installed?.bytes ?? null
    await this.#ask('remove', async () => {
      this.status = await this.#link.request('tensorflow.remove', {})
      this.#take(this.status.job)
      this.freedBytes = bytes
      await this.#onchange()
    })
  }

  #paths(): { python: string | null; wheel: string | null } {
    const { python, wheel } = this.choice
    return { python: python.trim() || null, wheel: wheel.trim() || null }
  }

  async #ask(action: TensorflowAction, work: () => Promise<void>): Promise<void> {
    this.busy = action
    this.failure = null
    try {
      await work()
    } catch (error) {
      this.failure = { action, error }
    } finally {
      this.busy = null
    }
  }

  async #read(): Promise<void> {
    const toldCount = this.#toldCount
    try {
      this.status = await this.#link.request('tensorflow.status', this.#paths())
      if (toldCount === this.#toldCount) this.#take(this.status.job)
      if (this.failure?.action === 'read') this.failure = null
    } catch (error) {
      this.failure = { action: 'read', error }
    }
  }

  #take(job: SetupJob | null): void {
    this.#toldCount += 1
    this.job = job
    const share = job?.state === 'running' ? job.share : null
    if (job?.state !== 'running') {
      this.#pace = null
      if (this.busy === 'cancel') this.busy = null
    }
    const nowMs = Date.now()
    if (share !== null) this.#pace ??= { share, atMs: nowMs }
    this.etaSecs = this.#pace && share !== null ? etaSecs(this.#pace, share, nowMs) : null
  }

  /** A lost connection asks for all of this again, so that what fails here then need not be told. */
  async #settle(): Promise<void> {
    await Promise.all([this.refresh(), this.#onchange().catch(() => undefined)])
  }
}
