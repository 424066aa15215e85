/** The ways in which Minima takes training steps; each is to take the same ones as Keras. */
import { gatherBatch } from '../../src/main/engine/data/batches.ts'
import type { LossFunction } from '../../src/main/engine/models/losses.ts'
import type { Tensor } from '../../src/main/engine/models/tf.ts'
import type { Backend, Runtime } from '../../src/main/engine/training/backends/backend.ts'
import { cpu } from '../../src/main/engine/training/backends/cpu.ts'
import { tensorflow } from '../../src/main/engine/training/backends/tensorflow.ts'
import { wasm } from '../../src/main/engine/training/backends/wasm.ts'
import { createEagerStep } from '../../src/main/engine/training/eager-step.ts'
import { prepareTraining, type PreparedTraining } from '../../src/main/engine/training/prepare-training.ts'
import type { StepRun } from './step-runs.ts'

export interface Trained {
  /** Of each batch before its update. */
  readonly losses: readonly number[]
  /** In the order of the model's; those that training ends with. */
  readonly weights: readonly Float32Array[]
}

export interface Engine {
  readonly name: string
  /** How far from Keras it may be, relative. */
  readonly tolerance: number
  /** Of an engine that is too slow for all: runs to be tried, counted from the first. */
  readonly runs: number
  /** null: it can be used here; else why not. */
  available(): string | null
  /** @param rates the learning rate of each step, where it is not the optimizer's own */
  run(run: StepRun, rates?: readonly number[]): Promise<Trained>
}

export const ENGINES: readonly Engine[] = [
  eager(wasm, { tolerance: 1e-4, runs: Infinity }),
  eager(cpu, { tolerance: 1e-5, runs: 3 }),
  eager(tensorflow, { tolerance: 1e-5, runs: Infinity }),
]

const loaded = new Map<string, Promise<Runtime>>()

/** A backend is loaded once in a process; the last one asked for is the one in use. */
async function use(backend: Backend): Promise<Runtime> {
  const loading = loaded.get(backend.name) ?? backend.load()
  loaded.set(backend.name, loading)
  const runtime = await loading
  await runtime.tf.setBackend(backend.name)
  return runtime
}

function eager(backend: Backend, limits: Pick<Engine, 'tolerance' | 'runs'>): Engine {
  return {
    name: `${backend.name} eager`,
    ...limits,
    available: () => backend.obstacle(),
    async run(run, rates) {
      const runtime = await use(backend)
      const job = { type: 'start', experiment: run.experiment, baseDir: run.baseDir, weightsDir: run.baseDir } as const
      return trainEagerly(run, await prepareTraining(job, runtime), rates)
    },
  }
}

function trainEagerly(run: StepRun, { data, parts }: PreparedTraining, rates: readonly number[] | undefined): Trained {
  const { tf, model, optimizer } = parts
  setFirstWeights(parts, run)
  let weights: Tensor | null = null
  const loss: LossFunction = (yTrue, output) => parts.loss(yTrue, output, weights)
  const step = createEagerStep({ ...parts, loss })
  const { batchSize } = run.experiment.fit
  const features = new Float32Array(batchSize * data.train.featureWidth)
  const labels = new Float32Array(batchSize * data.train.labelWidth)
  const losses = Array.from({ length: run.steps }, (_, index) => {
    const rows = rowsOf(index, batchSize, data.train.rows)
    gatherBatch(data.train, rows, features, labels)
    if (run.rowWeights) weights = tf.tensor(run.rowWeights.subarray(rows[0], (rows[0] ?? 0) + batchSize))
    const rate = rates?.[index]
    if (rate !== undefined) optimizer.setLearningRate(rate)
    const result = step.run(features, labels, batchSize, false)
    tf.dispose(weights ?? [])
    return result.loss
  })
  optimizer.finalize()
  const trained = model.getWeights().map((weight) => Float32Array.from(weight.dataSync()))
  model.dispose()
  return { losses, weights: trained }
}

function setFirstWeights({ tf, model }: PreparedTraining['parts'], { firstWeights }: StepRun): void {
  const shapes = model.getWeights().map((weight) => weight.shape)
  const tensors = firstWeights.map((values, index) => tf.tensor(values, shapes[index] ?? []))
  model.setWeights(tensors)
  tf.dispose(tensors)
}

/** Batch after batch in order, whole ones only, and from the start again. */
function rowsOf(step: number, batchSize: number, rows: number): Int32Array {
  const from = (step % Math.floor(rows / batchSize)) * batchSize
  return Int32Array.from({ length: batchSize }, (_, index) => from + index)
}
