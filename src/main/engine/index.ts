/** The engine: everything true without a window. A plain Node program, or a part of one. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ENGINE_FILE, type EngineFile } from '../../contract/engine-file.ts'
import { MinimaError } from '../../contract/errors.ts'
import type { ApiContext } from './api/context.ts'
import { engineHandlers } from './api/engine.ts'
import { experimentHandlers } from './api/experiments.ts'
import { listen } from './api/http-server.ts'
import type { Handlers } from './api/router.ts'
import { answerScalarQuery, runHandlers } from './api/runs.ts'
import { settingsHandlers } from './api/settings.ts'
import { serveSocket } from './api/socket.ts'
import { tensorflowHandlers } from './api/tensorflow.ts'
import { createEventBus, type EventBus } from './event-bus.ts'
import { openInbox } from './inbox/inbox.ts'
import { createRunManager } from './run-manager.ts'
import { openStore } from './store/store.ts'
import { lockWorkspace } from './store/workspace-lock.ts'
import { createSetupManager } from './tensorflow/setup-manager.ts'

export interface EngineOptions {
  readonly workspaceDir: string
  readonly version: string
  /** The trainer's program. */
  readonly trainerScript: string
  /** The program that runs a script apart from the engine. */
  readonly scriptProgram: string
  /** Folder of the built page. */
  readonly pageDir: string
  readonly examplesDir: string
  /** Folder of the native modules that ship; default: none does. */
  readonly nativeDir?: string
  /** Trainers at the same time; default: one per core, two at least. */
  readonly slots?: number
  /** Seconds since the Unix epoch. */
  readonly now?: () => number
}

export interface Engine {
  readonly handlers: Handlers
  readonly bus: EventBus
  /** Opens the door on loopback and writes `engine.json`; port 0 or none takes any free one. */
  listen(port?: number): Promise<EngineFile>
  /** Pages, windows and commands that are connected. */
  connectionCount(): number
  /** Queued and running runs. */
  liveRunCount(): number
  isSettingUp(): boolean
  /** Resolves when somebody asked the engine to end, with what is to become of its runs. */
  readonly shutdownAsked: Promise<{ stopRuns: boolean }>
  close(how?: { stopRuns: boolean }): Promise<void>
}

/** @throws MinimaError `workspace-busy`, `workspace-unusable`, `workspace-newer`. */
export function createEngine(options: EngineOptions): Engine {
  const now = options.now ?? (() => Date.now() / 1000)
  const { workspaceDir, version } = options
  makeFolder(workspaceDir)
  const unlock = lockWorkspace(workspaceDir)
  const store = openOrUnlock(workspaceDir, unlock)
  store.runs.markCrashed('the engine ended while it trained')

  const bus = createEventBus()
  const slots = options.slots ?? Math.max(2, availableParallelism())
  const runs = createRunManager({
    store,
    bus,
    workspaceDir,
    trainerScript: options.trainerScript,
    scriptProgram: options.scriptProgram,
    version,
    slots,
    now,
  })
  const inbox = openInbox({ store, bus, workspaceDir })
  const setups = createSetupManager({
    trainerScript: options.trainerScript,
    nativeDir: options.nativeDir ?? null,
    emit: (job) => bus.emit('tensorflowSetup', { job }),
  })
  let askShutdown: (how: { stopRuns: boolean }) => void = () => undefined
  const shutdownAsked = new Promise<{ stopRuns: boolean }>((done) => {
    askShutdown = done
  })
  const context: ApiContext = {
    store,
    runs,
    bus,
    workspaceDir,
    examplesDir: options.examplesDir,
    trainerScript: options.trainerScript,
    version,
    startedAt: now(),
    shutdown: askShutdown,
  }
  const handlers: Handlers = {
    ...engineHandlers(context),
    ...runHandlers(context),
    ...experimentHandlers(context),
    ...settingsHandlers(context),
    ...tensorflowHandlers(setups),
  }
  let connections = 0
  let closeDoor: (() => Promise<void>) | null = null

  return {
    handlers,
    bus,
    shutdownAsked,
    connectionCount: () => connections,
    liveRunCount: () => runs.liveCount(),
    isSettingUp: () => setups.isRunning(),
    async listen(port = 0) {
      const token = randomBytes(24).toString('base64url')
      const server = await listen({
        token,
        port,
        pageDir: options.pageDir,
        onSocket(socket) {
          connections++
          socket.on('close', () => connections--)
          serveSocket(socket, handlers, bus)
        },
        readScalars: (query) => answerScalarQuery(store, query),
        health: () => ({ liveRuns: runs.liveCount() }),
        shutdown: () => askShutdown({ stopRuns: true }),
      })
      const file: EngineFile = { pid: process.pid, startedAt: context.startedAt, port: server.port, token, version }
      writeEngineFile(workspaceDir, file)
      closeDoor = async () => {
        removeEngineFile(workspaceDir, file)
        await server.close()
      }
      return file
    },
    async close(how = { stopRuns: true }) {
      bus.emit('engineStopping', { reason: 'the engine was asked to end' })
      inbox.close()
      await Promise.all([runs.close(how), setups.cancel()])
      await closeDoor?.()
      store.close()
      unlock()
    },
  }
}

function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true })
  } catch (error) {
    throw new MinimaError('workspace-unusable', `the workspace folder cannot be made: ${(error as Error).message}`)
  }
}

function openOrUnlock(workspaceDir: string, unlock: () => void): ReturnType<typeof openStore> {
  try {
    return openStore(workspaceDir)
  } catch (error) {
    unlock()
    throw error
  }
}

/** Whole or not at all, and for this user only: it holds the token. */
function writeEngineFile(workspaceDir: string, file: EngineFile): void {
  const path = join(workspaceDir, ENGINE_FILE)
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(file), { mode: 0o600 })
  renameSync(draft, path)
}

function removeEngineFile(workspaceDir: string, file: EngineFile): void {
  const path = join(workspaceDir, ENGINE_FILE)
  try {
    if ((JSON.parse(readFileSync(path, 'utf8')) as EngineFile).token === file.token) rmSync(path)
  } catch {
    // already gone
  }
}
