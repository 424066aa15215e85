/**
 * An engine for looking at the page: real store, real door, runs that nobody trains. `runs.start` makes one that grows
 * by 100 steps a second, `tensorflow.setup` plays a setup. As a program: `node fake-engine.ts PAGE_DIR [RUNS] [PORT] [live]`; it prints its URL.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { RunRecord } from '../../../src/contract/run.ts'
import type { RunId } from '../../../src/contract/terms.ts'
import type { ApiContext } from '../../../src/main/engine/api/context.ts'
import { engineHandlers } from '../../../src/main/engine/api/engine.ts'
import { experimentHandlers } from '../../../src/main/engine/api/experiments.ts'
import { listen } from '../../../src/main/engine/api/http-server.ts'
import { answerScalarQuery, runHandlers } from '../../../src/main/engine/api/runs.ts'
import { settingsHandlers } from '../../../src/main/engine/api/settings.ts'
import { serveSocket } from '../../../src/main/engine/api/socket.ts'
import { createEventBus } from '../../../src/main/engine/event-bus.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { addFakeRun, addFakeRuns, logSteps, STEPS_PER_EPOCH } from './fake-runs.ts'
import { fakeTensorflow } from './fake-tensorflow.ts'

export interface FakeEngine {
  readonly url: string
  readonly origin: string
  /** A run that prepares for a second, then grows by 100 steps a second until it is stopped or has done its epochs. */
  startRun(): RunRecord
  close(): Promise<void>
}

const TICK_MS = 50
const STEPS_PER_SEC = 100
const PREPARE_MS = 1000

interface Options {
  readonly port?: number
  readonly epochs?: number
  /** How long a setup of TensorFlow takes. */
  readonly setupMs?: number
}

export async function startFakeEngine(pageDir: string, runCount: number, options: Options = {}): Promise<FakeEngine> {
  const { port = 0, epochs = 60, setupMs = 6000 } = options
  const workspaceDir = join(mkdtempSync(join(tmpdir(), 'minima-fake-')), 'fashion-study')
  const token = 'fake-token'
  const store = openStore(workspaceDir)
  const bus = createEventBus()
  const tensorflow = fakeTensorflow(bus, setupMs)
  addFakeRuns(store, runCount, Date.now() / 1000)
  let count = runCount
  const timers = new Map<RunId, NodeJS.Timeout>()

  const recordOf = (id: RunId): RunRecord => {
    const run = store.runs.getRecord(id)
    if (!run) throw new Error(`no run ${id}`)
    return run
  }
  const tell = (id: RunId): void => bus.emit('runChanged', { run: recordOf(id) })

  const end = (id: RunId, state: 'finished' | 'stopped'): void => {
    clearInterval(timers.get(id))
    timers.delete(id)
    store.runs.update(id, { state, endedAt: Date.now() / 1000, progress: null })
    tell(id)
  }

  const grow = (id: RunId, index: number): void => {
    const startedAt = Date.now() / 1000
    let last = 0
    const timer = setInterval(() => {
      const now = Date.now() / 1000
      const to = Math.min(epochs * STEPS_PER_EPOCH, Math.floor((now - startedAt) * STEPS_PER_SEC))
      if (to > last) {
        const tags = logSteps(store, id, index, { from: last + 1, to, startedAt, timeOf: () => now })
        last = to
        const etaSecs = (epochs * STEPS_PER_EPOCH - to) / STEPS_PER_SEC
        const epoch = Math.floor(to / STEPS_PER_EPOCH) + 1
        const progress = {
          phase: 'training' as const,
          epoch,
          epochs,
          step: to,
          stepsPerEpoch: STEPS_PER_EPOCH,
          msPerStep: 10,
          etaSecs,
        }
        store.runs.update(id, { progress })
        bus.emit('seriesGrew', { runId: id, tags, newestWallTime: now })
        tell(id)
      }
      if (to >= epochs * STEPS_PER_EPOCH) end(id, 'finished')
    }, TICK_MS)
    timers.set(id, timer)
  }

  const startRun = (): RunRecord => {
    const index = count++
    const id = addFakeRun(store, index, Date.now() / 1000)
    const progress = {
      phase: 'preparing' as const,
      epoch: 0,
      epochs,
      step: 0,
      stepsPerEpoch: 0,
      msPerStep: null,
      etaSecs: null,
    }
    store.runs.update(id, { progress })
    tell(id)
    timers.set(
      id,
      setTimeout(() => grow(id, index), PREPARE_MS),
    )
    return recordOf(id)
  }

  const resumeRun = (id: RunId): RunRecord => {
    store.runs.update(id, { state: 'running', endedAt: null })
    tell(id)
    grow(id, 0)
    return recordOf(id)
  }

  const context: ApiContext = {
    store,
    bus,
    workspaceDir,
    examplesDir: resolve(import.meta.dirname, '../../../examples'),
    trainerScript: '',
    version: '0.1.0',
    startedAt: Date.now() / 1000,
    shutdown: () => undefined,
    runs: {
      start: () => Promise.resolve(startRun()),
      resume: ({ runId }) => Promise.resolve(resumeRun(runId)),
      stop: (id) => Promise.resolve(end(id, 'stopped')),
      runningCount: () => timers.size,
      liveCount: () => timers.size,
      close: () => Promise.resolve(),
    },
  }
  const ofEngine = engineHandlers(context)
  const handlers = {
    ...ofEngine,
    'engine.info': async () => ({ ...(await ofEngine['engine.info']({})), backend: tensorflow.backend() }),
    ...runHandlers(context),
    ...experimentHandlers(context),
    ...settingsHandlers(context),
    ...tensorflow.handlers,
  }
  const server = await listen({
    token,
    port,
    pageDir,
    onSocket: (socket) => serveSocket(socket, handlers, bus),
    readScalars: (query) => answerScalarQuery(store, query),
    health: () => ({ liveRuns: timers.size }),
    shutdown: () => undefined,
  })
  const origin = `http://127.0.0.1:${server.port}`
  return {
    origin,
    url: `${origin}/#t=${token}`,
    startRun,
    async close() {
      tensorflow.close()
      for (const timer of timers.values()) clearInterval(timer)
      await server.close()
      store.close()
      rmSync(workspaceDir, { recursive: true, force: true })
    },
  }
}

if (process.argv[1] === import.meta.filename) {
  const [pageDir = 'out/renderer', runs = '30', port = '0', live] = process.argv.slice(2)
  const engine = await startFakeEngine(resolve(pageDir), Number(runs), { port: Number(port) })
  if (live) engine.startRun()
  process.stdout.write(`${engine.url}\n`)
}
