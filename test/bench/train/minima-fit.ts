/** Minima for bench:train: an engine that forks its trainer, with everything logged and stored as in any run. */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { LogRecord } from '../../../src/contract/log-record.ts'
import { runId, type RunId } from '../../../src/contract/terms.ts'
import { createEngine } from '../../../src/main/engine/index.ts'
import { readPoints } from '../../../src/main/engine/store/read-points.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { deleteWorkspace, ROOT, temporaryWorkspace } from '../../support/served-app.ts'
import type { Contender } from './contenders.ts'
import type { Fitted, FitOptions } from './fitted.ts'
import type { Work } from './work.ts'

export interface MinimaPeer {
  readonly contender: Contender
  /** What trained last, such as `tensorflow (CPU, TensorFlow 2.21.0)`. */
  backend(): string
}

export function minimaPeer(): MinimaPeer {
  let backend = 'unknown'
  return {
    backend: () => backend,
    contender: {
      name: 'Minima',
      version: '-',
      async fit(work, options) {
        if (!work.experiment) return trainOtherModel(work, options)
        const trained = await trainThroughEngine(work, options)
        backend = trained.backend
        return trained.fitted
      },
    },
  }
}

async function trainThroughEngine(work: Work, options: FitOptions): Promise<{ fitted: Fitted; backend: string }> {
  const workspaceDir = temporaryWorkspace()
  const engine = createEngine({
    workspaceDir,
    version: 'bench',
    trainerScript: join(ROOT, 'out/engine/trainer.mjs'),
    scriptProgram: join(ROOT, 'out/engine/script.mjs'),
    pageDir: join(ROOT, 'out/renderer'),
    examplesDir: join(ROOT, 'examples'),
  })
  const ended = new Promise<void>((done) => {
    engine.bus.on('runChanged', ({ run }) => {
      if (run.endedAt !== null) done()
    })
  })
  const { runId: id } = await engine.handlers['runs.start']({
    text: JSON.stringify(work.experiment),
    path: null,
    baseDir: ROOT,
    overrides: { 'fit.epochs': options.epochs, 'fit.shuffle': options.shuffle },
    name: null,
    script: false,
  })
  await ended
  const run = await engine.handlers['runs.get']({ runId: id })
  await engine.close()
  const fitted = readFitted(workspaceDir, id, options)
  if (run.state !== 'finished') throw new Error(run.error?.message ?? `the run is ${run.state}`)
  return { backend: `${run.environment?.backend} (${run.environment?.device})`, fitted }
}

/** Of a model that the experiment file cannot say: the same steps, loop, logs and store, without an engine around them. */
async function trainOtherModel(work: Work, options: FitOptions): Promise<Fitted> {
  const workspaceDir = temporaryWorkspace()
  const store = openStore(workspaceDir)
  const id = runId.parse('othermdl')
  store.runs.insert({ runId: id, name: work.id, state: 'running', createdAt: Date.now() / 1000 })
  const writer = store.writer(id)
  const script = join(import.meta.dirname, 'other-model.ts')
  const child = fork(script, [JSON.stringify(work), JSON.stringify(options)], {
    execArgv: ['--no-warnings'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.on('message', (message: { type: string; records: readonly LogRecord[] }) => {
    if (message.type === 'logs') writer.append(message.records)
  })
  const code = await new Promise((done) => child.on('exit', done))
  store.close()
  if (code !== 0) throw new Error(stderr.trim())
  return readFitted(workspaceDir, id, options)
}

/** What the store has of a run; the workspace goes with it. */
function readFitted(workspaceDir: string, id: RunId, { trace }: FitOptions): Fitted {
  const store = openStore(workspaceDir)
  const epochs = readPoints(store, id, 'epoch/loss')
  const batches = readPoints(store, id, 'train/loss')
  store.close()
  deleteWorkspace(workspaceDir)
  const losses = [...batches.values]
  return {
    epochEndsMs: [...epochs.wallTimes].map((secs) => secs * 1000),
    // Points, not the number of the last: what is not stored was not logged.
    steps: losses.length,
    epochLosses: [...epochs.values],
    trace: trace ? losses.map((loss, index) => ({ step: index + 1, loss })) : [],
  }
}
