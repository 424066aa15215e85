/**
 * bench:logging. What tracking costs a step: the same training through the engine with everything logged (per-batch
 * scalars, epoch figures, histograms, system metrics, the store) and without any logging, in turn.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine } from '../../src/main/engine/index.ts'
import { readPoints } from '../../src/main/engine/store/read-points.ts'
import { openStore } from '../../src/main/engine/store/store.ts'
import { planBackend } from '../../src/main/engine/training/backends/ladder.ts'
import { deleteWorkspace, ROOT, temporaryWorkspace } from '../support/served-app.ts'
import { atMost, benchOptions, measured, report } from './report.ts'

const LIMIT = 1.05
const EXAMPLE = join(ROOT, 'examples/fashion-mnist-sample.yaml')
const { seed, scale } = benchOptions()
/** Some seconds of training on each. */
const EPOCHS = { tensorflow: 150, wasm: 4, cpu: 2 }[planBackend('auto').backend.name]
const OVERRIDES = { 'fit.epochs': Math.max(2, Math.round(EPOCHS * scale)), 'fit.seed': seed }
const ROUNDS = 8

interface Training {
  readonly msPerStep: number
  readonly finalLoss: number | undefined
}

const tracked: Training[] = []
const untracked: Training[] = []
for (let round = 0; round < ROUNDS; round++) {
  untracked.push(trainUntracked())
  tracked.push(await trainTracked())
}
const same = tracked.every((one) => one.finalLoss === untracked[0]?.finalLoss)
const withTracking = measured(tracked.map((one) => one.msPerStep))
const without = measured(untracked.map((one) => one.msPerStep))
report(
  'logging',
  [
    {
      case: 'fashion-mnist-sample, 784-300-100-10, batch 32',
      metric: 'step',
      unit: 'ms',
      minima: withTracking,
      peer: { name: 'the same without logging', version: '-', ...without },
      ratio: withTracking.min / without.min,
    },
  ],
  [
    atMost('step with tracking over step without, of the minima', LIMIT, withTracking.min / without.min),
    atMost('the same of the medians (noise included)', 1.1, withTracking.median / without.median),
    { what: 'both sides ended at the same loss', limit: 1, value: same ? 1 : 0, ok: same },
  ],
)

/** Mean from the end of the 20th step, when all is warm, to the end of the last. */
function meanStep(times: readonly number[]): number {
  const from = 19
  return ((times.at(-1) ?? NaN) - (times[from] ?? NaN)) / (times.length - 1 - from)
}

function trainUntracked(): Training {
  const script = join(ROOT, 'test/bench/untracked-trainer.ts')
  const output = execFileSync(process.execPath, ['--no-warnings', script, EXAMPLE, JSON.stringify(OVERRIDES)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 2 ** 26,
  })
  const { stepTimes, metrics } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
    stepTimes: number[]
    metrics: Record<string, number>
  }
  return { msPerStep: meanStep(stepTimes), finalLoss: metrics['epoch/loss'] }
}

async function trainTracked(): Promise<Training> {
  const workspaceDir = temporaryWorkspace()
  const engine = createEngine({
    workspaceDir,
    version: 'bench',
    trainerScript: join(ROOT, 'out/engine/trainer.mjs'),
    scriptProgram: join(ROOT, 'out/engine/script.mjs'),
    pageDir: join(ROOT, 'out/renderer'),
    examplesDir: join(ROOT, 'examples'),
  })
  const run = await engine.handlers['runs.start']({
    text: readFileSync(EXAMPLE, 'utf8'),
    path: EXAMPLE,
    baseDir: join(ROOT, 'examples'),
    overrides: OVERRIDES,
    name: null,
    script: false,
  })
  await new Promise<void>((done) => {
    engine.bus.on('runChanged', (event) => {
      if (event.run.endedAt !== null) done()
    })
  })
  const detail = await engine.handlers['runs.get']({ runId: run.runId })
  await engine.close()
  const store = openStore(workspaceDir)
  const { wallTimes } = readPoints(store, run.runId, 'train/loss')
  store.close()
  deleteWorkspace(workspaceDir)
  return { msPerStep: meanStep([...wallTimes].map((secs) => secs * 1000)), finalLoss: detail.metrics['epoch/loss'] }
}
