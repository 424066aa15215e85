/** Minima for bench:train: an engine that forks its trainer, with everything logged and stored as in any run. */
import { join } from 'node:path'
import { createEngine } from '../../../src/main/engine/index.ts'
import { readPoints } from '../../../src/main/engine/store/read-points.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { deleteWorkspace, ROOT, temporaryWorkspace } from '../../support/served-app.ts'
import type { Contender } from './contenders.ts'
import type { Fitted, FitOptions } from './fitted.ts'
import type { Work } from './work.ts'

/**
 * Trains a model that the experiment file cannot say, such as Wide & Deep; null as long as nothing in Minima can.
 * What it trains, and from which weights, is all in `work`.
 */
export const trainOtherModel: ((work: Work, options: FitOptions) => Promise<Fitted>) | null = null

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
        if (work.experiment) {
          const trained = await trainThroughEngine(work, options)
          backend = trained.backend
          return trained.fitted
        }
        if (!trainOtherModel) throw new Error('not measurable yet: the experiment file cannot say this model')
        return (trainOtherModel as (work: Work, options: FitOptions) => Promise<Fitted>)(work, options)
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
    pageDir: join(ROOT, 'out/renderer'),
    examplesDir: join(ROOT, 'examples'),
  })
  const ended = new Promise<void>((done) => {
    engine.bus.on('runChanged', ({ run }) => {
      if (run.endedAt !== null) done()
    })
  })
  const { runId } = await engine.handlers['runs.start']({
    text: JSON.stringify(work.experiment),
    path: null,
    baseDir: ROOT,
    overrides: { 'fit.epochs': options.epochs, 'fit.shuffle': options.shuffle },
    name: null,
  })
  await ended
  const run = await engine.handlers['runs.get']({ runId })
  await engine.close()
  const store = openStore(workspaceDir)
  const epochs = readPoints(store, runId, 'epoch/loss')
  const batches = readPoints(store, runId, 'train/loss')
  store.close()
  deleteWorkspace(workspaceDir)
  if (run.state !== 'finished') throw new Error(run.error?.message ?? `the run is ${run.state}`)
  const losses = [...batches.values]
  return {
    backend: `${run.environment?.backend} (${run.environment?.device})`,
    fitted: {
      epochEndsMs: [...epochs.wallTimes].map((secs) => secs * 1000),
      // Points, not the number of the last: what is not stored was not logged.
      steps: losses.length,
      epochLosses: [...epochs.values],
      trace: options.trace ? losses.map((loss, index) => ({ step: index + 1, loss })) : [],
    },
  }
}
