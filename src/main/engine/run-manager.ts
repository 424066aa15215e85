/** Starts, queues and stops runs: the one place where trainers, the store and the events of a run meet. */
import { appendFile, mkdirSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { MinimaError, toErrorRecord, type ErrorRecord } from '../../contract/errors.ts'
import type { Experiment } from '../../contract/experiment/experiment.ts'
import type { LogRecord } from '../../contract/log-record.ts'
import type { Environment, Hparams, RunRecord } from '../../contract/run.ts'
import type { LrRange, RequestArgs } from '../../contract/requests.ts'
import { isLive, runId, type RunId } from '../../contract/terms.ts'
import type { EventBus } from './event-bus.ts'
import { hparamsOf } from './experiment/hparams.ts'
import { resolveExperiment } from './resolve-experiment.ts'
import { resolveInitialRun } from './resolve-initial-run.ts'
import { resolveResume } from './resolve-resume.ts'
import { keepSource, keptCode } from './scripts/keep-source.ts'
import { resolveScript, type ResolvedScript } from './scripts/resolve-script.ts'
import type { RunPatch } from './store/runs.ts'
import type { Store } from './store/store.ts'
import { checkpointPath, commitCheckpoint, dropDrafts } from './training/checkpoints/checkpoint-file.ts'
import { planBackend } from './training/backends/ladder.ts'
import { captureEnvironment } from './training/environment.ts'
import { startTrainer, type TrainerHandle } from './training/trainer-host.ts'
import type { PreparedMessage, StartMessage } from './training/trainer-protocol.ts'

type EndState = 'finished' | 'stopped' | 'failed' | 'crashed'

export interface RunManagerOptions {
  readonly store: Store
  readonly bus: EventBus
  readonly workspaceDir: string
  readonly trainerScript: string
  /** The program that reads scripts. */
  readonly scriptProgram: string
  readonly version: string
  /** Trainers that run at the same time; the others wait as queued. */
  readonly slots: number
  /** Seconds since the Unix epoch. */
  readonly now: () => number
}

export interface RunManager {
  /** @param lrRange rates to be tried in place of training */
  start(params: RequestArgs<'runs.start'>, lrRange?: LrRange): Promise<RunRecord>
  /** @throws MinimaError `bad-request` when it trains, or has nothing left to train; `not-found` without a checkpoint */
  resume(params: RequestArgs<'runs.resume'>): Promise<RunRecord>
  /** Resolves when the run has ended. */
  stop(id: RunId): Promise<void>
  /** Runs that are training now. */
  runningCount(): number
  /** Queued and running ones. */
  liveCount(): number
  close(how: { stopRuns: boolean }): Promise<void>
}

/** A trainer that was asked to stop gets this long to finish its step and save. */
const STOP_GRACE_MS = 15_000
const STORE_AGAIN_MS = 2_000
const NAME_ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'

export function createRunManager(options: RunManagerOptions): RunManager {
  const { store, bus, now } = options
  const waiting: { id: RunId; job: StartMessage }[] = []
  const training = new Map<RunId, TrainerHandle>()
  /** Timers of ends that could not be stored yet. */
  const unstored = new Set<NodeJS.Timeout>()

  const tell = (id: RunId): void => {
    const run = store.runs.getRecord(id)
    if (run) bus.emit('runChanged', { run })
  }

  const launchNext = (): void => {
    while (training.size < options.slots) {
      const next = waiting.shift()
      if (!next) return
      launch(next.id, next.job)
    }
  }

  /** Never throws: a state that a full disk does not take is told at once, and stored as soon as it can be. */
  const end = (id: RunId, state: EndState, error: ErrorRecord | null): void => {
    training.delete(id)
    const ended = { state, error, endedAt: now(), progress: null }
    try {
      store.runs.update(id, ended)
      store.writer(id).seal()
      tell(id)
    } catch (failure) {
      const run = store.runs.getRecord(id)
      if (run) bus.emit('runChanged', { run: { ...run, ...ended, error: error ?? toErrorRecord(failure) } })
      storeLater(id, ended)
    }
    launchNext()
  }

  const storeLater = (id: RunId, ended: RunPatch): void => {
    const timer = setInterval(() => {
      try {
        store.runs.update(id, ended)
      } catch {
        return // still no room
      }
      clearInterval(timer)
      unstored.delete(timer)
      tell(id)
    }, STORE_AGAIN_MS)
    unstored.add(timer)
  }

  /** `instead` says why it is not the trainer that it was to be. */
  const launch = (id: RunId, job: StartMessage, instead: string | null = null): void => {
    let prepared = false
    const writer = store.writer(id)
    const append = (records: readonly LogRecord[]): void => {
      const tags = writer.append(records)
      if (tags.length > 0) bus.emit('seriesGrew', { runId: id, tags, newestWallTime: newestWallTime(records) })
    }
    const fail = (error: unknown): void => {
      training.get(id)?.kill()
      end(id, 'failed', toErrorRecord(error))
    }
    /** What cannot be stored ends this run with its reason, never the engine. */
    const guarded = (action: () => void): void => {
      try {
        if (training.has(id)) action()
      } catch (error) {
        fail(error)
      }
    }
    const handle = startTrainer(options.trainerScript, job, {
      prepared: (message) =>
        guarded(() => {
          prepared = true
          // What came after the checkpoint will be repeated.
          if (job.resume) writer.rewind(job.resume.step)
          store.runs.update(id, preparedPatch(store, id, instead === null ? message : withReason(message, instead)))
        }),
      logs: (records) => guarded(() => append(records)),
      progress: (progress) =>
        guarded(() => {
          store.runs.update(id, { progress })
          tell(id)
        }),
      printed: (text) => {
        appendFile(join(job.weightsDir, 'output.log'), text, () => undefined)
        bus.emit('runPrinted', { runId: id, text })
      },
      checkpointed: (draft) => guarded(() => commitCheckpoint(job.weightsDir, draft)),
      ended: (message) =>
        guarded(() => {
          store.runs.update(id, {
            metrics: message.metrics,
            notices: [...(store.runs.get(id)?.notices ?? []), ...message.notices],
            ...(message.weightsSaved && { weightsDir: job.weightsDir }),
          })
          end(id, message.state, message.error)
        }),
      died: (error) =>
        guarded(() => {
          const other = prepared || handle.endAsked ? null : withoutNativeCode(job)
          if (other === null) end(id, 'crashed', error.toRecord())
          else
            launch(
              id,
              other,
              `On native TensorFlow ${error.message} before the first step; \`minima doctor\` says what mends it`,
            )
        }),
    })
    training.set(id, handle)
    const startedAt = job.resume ? (store.runs.getRecord(id)?.startedAt ?? now()) : now()
    guarded(() => store.runs.update(id, { state: 'running', startedAt }))
    tell(id)
  }

  const enqueue = (id: RunId, job: StartMessage): RunRecord => {
    waiting.push({ id, job })
    tell(id)
    launchNext()
    const run = store.runs.getRecord(id)
    if (!run) throw new MinimaError('internal', `run ${id} is gone`)
    return run
  }

  const resolve = async (params: RequestArgs<'runs.start'>): Promise<ResolvedScript> => {
    const { path, script } = params
    if (!script) return { ...(await resolveExperiment(params)), files: [], hasCode: false }
    if (path === null) throw new MinimaError('bad-request', 'runs.start: a script has a path')
    return resolveScript(options.scriptProgram, { ...params, path })
  }

  return {
    async start(params, lrRange) {
      const { experiment: asked, text, files, hasCode } = await resolve(params)
      const experiment = lrRange ? atRate(asked, lrRange.from) : asked
      const initialRunDir = resolveInitialRun(store, experiment, params.baseDir)
      const id = newRunId()
      const given = params.name ?? experiment.name ?? nameOfFile(params.path)
      const name = freeName(store, lrRange && params.name === null ? `${given} lr-find` : given)
      const weightsDir = join(options.workspaceDir, 'runs', id)
      mkdirSync(weightsDir, { recursive: true })
      keepSource(files, hasCode, weightsDir)
      const environment = await captureEnvironment({
        version: options.version,
        commandLine: params.commandLine ?? 'started from the app',
        workingDir: params.baseDir,
        seed: experiment.fit.seed,
      })
      store.runs.insert({
        runId: id,
        name,
        experiment: experiment.name ?? nameOfFile(params.path),
        state: 'queued',
        createdAt: now(),
        hparams: { ...hparamsOf(experiment), ...(lrRange && lrRangeHparams(lrRange)) },
        sourceText: text,
        sourcePath: params.path,
        config: experiment,
        environment,
      })
      return enqueue(id, {
        type: 'start',
        experiment,
        baseDir: params.baseDir,
        weightsDir,
        ...(hasCode && params.path !== null && { script: { path: params.path, files } }),
        ...(initialRunDir !== null && { initialRunDir }),
        ...(lrRange && { lrRange }),
      })
    },

    async resume({ runId: id, experiment: given, overrides, runScript }) {
      const run = store.runs.get(id)
      if (!run) throw new MinimaError('not-found', `there is no run ${id}`)
      const weightsDir = join(options.workspaceDir, 'runs', id)
      const script = keptCode(weightsDir, runScript)
      const { experiment, baseDir, position } = await resolveResume(run, weightsDir, given, overrides)
      store.runs.update(id, {
        state: 'queued',
        endedAt: null,
        error: null,
        hparams: hparamsOf(experiment),
        config: experiment,
        ...(given && { sourceText: given.text, sourcePath: given.path }),
      })
      dropDrafts(weightsDir)
      const resume = { path: checkpointPath(weightsDir), step: position.step }
      return enqueue(id, { type: 'start', experiment, baseDir, weightsDir, resume, ...(script && { script }) })
    },

    async stop(id) {
      const run = store.runs.getRecord(id)
      if (!run) throw new MinimaError('not-found', `there is no run ${id}`)
      if (!isLive(run.state)) return
      const queued = waiting.findIndex((entry) => entry.id === id)
      if (queued >= 0) {
        waiting.splice(queued, 1)
        return end(id, 'stopped', null)
      }
      const handle = training.get(id)
      if (!handle)
        throw new MinimaError('bad-request', `run ${run.name} is logged by a program of its own: end that program`)
      await stopTrainer(handle)
    },

    runningCount: () => training.size,
    liveCount: () => training.size + waiting.length,

    async close({ stopRuns }) {
      for (const { id } of waiting.splice(0)) end(id, 'stopped', null)
      const handles = [...training.values()]
      await Promise.all(handles.map((handle) => (stopRuns ? stopTrainer(handle) : killTrainer(handle))))
      for (const timer of unstored) clearInterval(timer)
    },
  }
}

function withReason(message: PreparedMessage, reason: string): PreparedMessage {
  return { ...message, backend: { ...message.backend, reason }, notices: [reason, ...message.notices] }
}

/** What trains in the place of a trainer that died while native TensorFlow was loaded; null: it had no such thing to load. */
function withoutNativeCode(job: StartMessage): StartMessage | null {
  if (job.experiment.backend !== 'auto' || planBackend('auto').backend.name !== 'tensorflow') return null
  return { ...job, experiment: { ...job.experiment, backend: 'wasm' } }
}

async function stopTrainer(handle: TrainerHandle): Promise<void> {
  handle.stop()
  const timer = setTimeout(() => handle.kill(), STOP_GRACE_MS)
  await handle.exited
  clearTimeout(timer)
}

async function killTrainer(handle: TrainerHandle): Promise<void> {
  handle.kill()
  await handle.exited
}

function preparedPatch(store: Store, id: RunId, message: PreparedMessage) {
  const { environment = null, notices = [] } = store.runs.get(id) ?? {}
  const { backend } = message
  const told: Partial<Environment> = {
    tfjs: backend.tfjs,
    backend: backend.name,
    backendReason: backend.reason,
    device: backend.device,
  }
  return {
    backend: backend.name,
    stepsPerEpoch: message.stepsPerEpoch,
    headlineTag: message.headlineTag,
    model: message.model,
    rows: message.rows,
    // A run that is resumed keeps those that it had.
    notices: [...new Set([...notices, ...message.notices])],
    ...(environment && { environment: { ...environment, ...told } }),
  }
}

/** A schedule would have its own way. */
function atRate(experiment: Experiment, learningRate: number): Experiment {
  return { ...experiment, fit: { ...experiment.fit, optimizer: { ...experiment.fit.optimizer, learningRate } } }
}

function lrRangeHparams({ from, to, iterations }: LrRange): Hparams {
  return { lrFrom: from, lrTo: to, lrIterations: iterations }
}

function newestWallTime(records: readonly LogRecord[]): number {
  let newest = 0
  for (const record of records) {
    newest = Math.max(newest, record.kind === 'scalars' ? (record.wallTimes.at(-1) ?? 0) : record.wallTime)
  }
  return newest
}

/** Short enough to type, unlikely to meet another: 8 characters of 32. */
function newRunId(): RunId {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  return runId.parse([...bytes].map((byte) => NAME_ALPHABET[byte % NAME_ALPHABET.length]).join(''))
}

function nameOfFile(path: string | null): string {
  return path ? basename(path, extname(path)) : 'experiment'
}

/** `mlp`, then `mlp 2`, `mlp 3`, ... */
export function freeName(store: Store, name: string): string {
  const taken = new Set(store.runs.list().map((run) => run.name))
  if (!taken.has(name)) return name
  let ordinal = 2
  while (taken.has(`${name} ${ordinal}`)) ordinal++
  return `${name} ${ordinal}`
}
