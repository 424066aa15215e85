/** How long it takes from the start of a program to the end of its first training step: `minima train`, and Keras. */
import { execFile, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { readPoints } from '../../../src/main/engine/store/read-points.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { COMMAND, deleteWorkspace, ROOT, temporaryWorkspace } from '../../support/served-app.ts'
import { atMost, measured, type Bar, type BenchRow } from '../report.ts'
import { kerasPython } from './keras-peer.ts'

const LIMIT = 0.5
/** Ships with Minima; both read the same files. */
const IMAGES = join(ROOT, 'resources/data/fashion-mnist-sample')
const runFile = promisify(execFile)

/** The same model, loss and optimizer as `keras-first-step.py`, on the same 32 rows. */
const EXPERIMENT: ExperimentInput = {
  name: 'first step',
  data: {
    source: 'idx',
    dir: IMAGES,
    train: { features: 'train-images-idx3-ubyte.gz', labels: 'train-labels-idx1-ubyte.gz' },
  },
  preprocess: [{ type: 'scale', divideBy: 255 }],
  split: { rows: { train: 'rows.bin' } },
  model: {
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 300, activation: 'relu' },
      { type: 'dense', units: 100, activation: 'relu' },
      { type: 'dense', units: 10, activation: 'softmax' },
    ],
  },
  fit: {
    loss: 'sparseCategoricalCrossentropy',
    optimizer: { type: 'sgd', learningRate: 0.01 },
    metrics: ['accuracy'],
    epochs: 1,
    batchSize: 32,
  },
}

export async function measureFirstStep(rounds: number): Promise<{ rows: BenchRow[]; bars: Bar[] }> {
  const minima: number[] = []
  const keras: number[] = []
  // The first of each fills the disk's caches and does not count.
  for (let round = 0; round <= rounds; round++) {
    const [ours, theirs] = [await minimaFirstStep(), await kerasFirstStep()]
    if (round === 0) continue
    minima.push(ours)
    keras.push(theirs)
    console.log(`  Minima: ${ours.toFixed(0)} ms, Keras: ${theirs.toFixed(0)} ms`)
  }
  const [ours, theirs] = [measured(minima), measured(keras)]
  const ratio = ours.min / theirs.min
  return {
    rows: [
      {
        case: 'from the start of the program to its first step',
        metric: 'time',
        unit: 'ms',
        minima: ours,
        peer: { name: 'Keras', version: '-', ...theirs },
        ratio,
      },
    ],
    bars: [atMost('start: `minima train` to its first step, over Keras’s import to its first', LIMIT, ratio)],
  }
}

/** The system's clock, as the trainer and Python read it. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

async function minimaFirstStep(): Promise<number> {
  const workspace = temporaryWorkspace()
  try {
    const file = join(workspace, 'first-step.yaml')
    writeFileSync(file, JSON.stringify(EXPERIMENT))
    writeFileSync(join(workspace, 'rows.bin'), rowRange(32))
    const startedAt = now()
    await runFile(process.execPath, [COMMAND, '--workspace', workspace, 'train', file])
    const store = openStore(workspace)
    const [run] = store.runs.list()
    const firstStepAt = run && readPoints(store, run.runId, 'train/loss').wallTimes[0]
    store.close()
    if (firstStepAt === undefined) throw new Error('`minima train` logged no step')
    return firstStepAt * 1000 - startedAt
  } finally {
    deleteWorkspace(workspace)
  }
}

function kerasFirstStep(): Promise<number> {
  const startedAt = now()
  const child = spawn(kerasPython(), [join(import.meta.dirname, 'keras-first-step.py'), IMAGES])
  return new Promise((done, fail) => {
    let output = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', fail)
    // At its end, so that what it does last is not measured with what comes next.
    child.on('close', () => {
      const firstStepAt = Number(output.trim().split('\n')[0] || NaN)
      if (Number.isNaN(firstStepAt)) fail(new Error(`Keras made no step: ${stderr.slice(-1_000)}`))
      else done(firstStepAt - startedAt)
    })
  })
}
