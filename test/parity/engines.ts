/** The ways in which Minima takes training steps; each is to take the same ones as Keras. */
import type { Backend, Runtime } from '../../src/main/engine/training/backends/backend.ts'
import { cpu } from '../../src/main/engine/training/backends/cpu.ts'
import { tensorflow } from '../../src/main/engine/training/backends/tensorflow.ts'
import { wasm } from '../../src/main/engine/training/backends/wasm.ts'
import { sweepRates } from '../../src/main/engine/training/find-learning-rate.ts'
import { prepareTraining, type PreparedTraining } from '../../src/main/engine/training/prepare-training.ts'
import { tensorflowSkip } from '../support/tensorflow.ts'
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
  engine(wasm, { tolerance: 1e-4, runs: Infinity }),
  engine(cpu, { tolerance: 1e-5, runs: 3 }),
  engine(tensorflow, { tolerance: 1e-5, runs: Infinity }),
  engine(tensorflow, { tolerance: 1e-5, runs: Infinity, compile: true }),
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

function engine(
  backend: Backend,
  { compile = false, ...limits }: Pick<Engine, 'tolerance' | 'runs'> & { compile?: boolean },
): Engine {
  return {
    name: `${backend.name} ${compile ? 'compiled' : 'eager'}`,
    ...limits,
    available: () => (backend === tensorflow ? tensorflowSkip() : backend.obstacle()),
    async run(run, rates) {
      const runtime = await use(backend)
      const job = { type: 'start', experiment: run.experiment, baseDir: run.baseDir, weightsDir: run.baseDir } as const
      const training = await prepareTraining(job, runtime, { compile, rowWeights: run.rowWeights })
      if (compile && training.steps.how !== 'compiled') throw new Error(`not compiled: ${training.steps.how}`)
      return rates ? sweep(run, training, rates) : train(run, training)
    },
  }
}

/** As many steps to a call as the way of taking them allows. */
function train(run: StepRun, training: PreparedTraining): Trained {
  const { data, parts, steps } = training
  setFirstWeights(parts, run)
  steps.push()
  const { batchSize } = run.experiment.fit
  const losses: number[] = []
  while (losses.length < run.steps) {
    const most = Math.min(steps.batchesPerCall, run.steps - losses.length)
    const rows = rowsOf(losses.length, most, batchSize, data.train.rows)
    losses.push(...Array.from(steps.train(rows, false).losses))
  }
  return ended(training, losses)
}

/** By the loop of the product's range test. */
async function sweep(run: StepRun, training: PreparedTraining, rates: readonly number[]): Promise<Trained> {
  setFirstWeights(training.parts, run)
  training.steps.push()
  const { batchSize } = run.experiment.fit
  const losses = await sweepRates(training, rates.slice(0, run.steps), {
    rowsOf: (index) => rowsOf(index, 1, batchSize, training.data.train.rows),
    after: () => true,
  })
  return ended(training, losses)
}

function ended({ parts, steps }: PreparedTraining, losses: readonly number[]): Trained {
  steps.pull()
  parts.optimizer.finalize()
  const weights = parts.model.getWeights().map((weight) => Float32Array.from(weight.dataSync()))
  steps.close()
  parts.model.dispose()
  return { losses, weights }
}

function setFirstWeights({ tf, model }: PreparedTraining['parts'], { firstWeights }: StepRun): void {
  const shapes = model.getWeights().map((weight) => weight.shape)
  const tensors = firstWeights.map((values, index) => tf.tensor(values, shapes[index] ?? []))
  model.setWeights(tensors)
  tf.dispose(tensors)
}

/** Batch after batch in order, whole ones only, and from the start again. */
function rowsOf(step: number, batches: number, batchSize: number, rows: number): Int32Array {
  const perEpoch = Math.floor(rows / batchSize)
  return Int32Array.from({ length: batches * batchSize }, (_, index) => {
    const batch = (step + Math.floor(index / batchSize)) % perEpoch
    return batch * batchSize + (index % batchSize)
  })
}
