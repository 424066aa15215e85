/** Runs that nobody trained: curves, states, faults and facts as real ones have them, written through the store. */
import type { Environment, ModelSummary } from '../../../src/contract/run.ts'
import { runId, type RunId, type RunState } from '../../../src/contract/terms.ts'
import type { Store } from '../../../src/main/engine/store/store.ts'

export const STEPS_PER_EPOCH = 172
const EPOCHS = 5
const OPTIMIZERS = ['sgd', 'adam', 'rmsprop'] as const
const BATCH_TAGS = ['train/loss', 'train/accuracy', 'time/ms_per_step', 'time/samples_per_second']
const EPOCH_TAGS = ['validation/loss', 'validation/accuracy', 'epoch/learning_rate']
const SYSTEM_TAGS = ['system/memory_mb', 'system/cpu_percent']

export const ALL_TAGS = [...BATCH_TAGS, ...EPOCH_TAGS, ...SYSTEM_TAGS]

const model: ModelSummary = {
  inputShape: [28, 28],
  layers: [
    { name: 'flatten', type: 'Flatten', outputShape: [784], params: 0, trainableParams: 0 },
    { name: 'dense', type: 'Dense', outputShape: [300], params: 235_500, trainableParams: 235_500 },
    { name: 'dense_1', type: 'Dense', outputShape: [100], params: 30_100, trainableParams: 30_100 },
    { name: 'dense_2', type: 'Dense', outputShape: [10], params: 1010, trainableParams: 1010 },
  ],
  params: 266_610,
  trainableParams: 266_610,
}

const environment: Environment = {
  minima: '0.1.0',
  node: 'v24.21.0',
  tfjs: '4.22.0',
  backend: 'wasm',
  backendReason: 'the binding to TensorFlow is not installed; `minima setup tensorflow` would build it',
  device: 'CPU, one thread with SIMD',
  os: 'Linux 6.1 x64',
  cpu: 'AMD EPYC 7B13',
  cpuCores: 2,
  memoryBytes: 8 * 2 ** 30,
  gpu: null,
  commandLine: 'minima train examples/fashion-mnist-sample.yaml fit.optimizer.learningRate=0.01',
  workingDir: '/home/ada/lab',
  seed: 42,
  git: {
    commit: '2beea4fd8c1a49b0a6b7',
    branch: 'wider',
    dirty: true,
    diff: '--- a/model.yaml\n+++ b/model.yaml\n@@ -4,7 +4,7 @@\n   layers:\n-    - dense: { units: 300 }\n+    - dense: { units: 1024 }\n',
  },
}

const sourceText = `name: fashion-mnist
description: 784-300-100-10, the MLP of the book
data:
  source: idx
  images: fashion-sample-images.gz
  labels: fashion-sample-labels.gz
preprocess:
  - scale: 0.00392156862745098 # 1 / 255
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 300, activation: relu }
    - { type: dense, units: 100, activation: relu }
    - { type: dense, units: 10, activation: softmax }
fit:
  loss: sparseCategoricalCrossentropy
  optimizer: { type: sgd, learningRate: 0.01 }
  metrics: [accuracy]
  epochs: 5
  batchSize: 32
`

/** Ends in these states in turn; most finish. */
const STATES: readonly RunState[] = [
  'finished',
  'finished',
  'finished',
  'failed',
  'finished',
  'stopped',
  'finished',
  'crashed',
]

export function addFakeRuns(store: Store, count: number, nowSecs: number): void {
  for (let index = 0; index < count; index++) {
    const startedAt = nowSecs - (count - index) * 700 - 3600
    const state = count === 1 ? 'finished' : (STATES[index % STATES.length] ?? 'finished')
    const id = addFakeRun(store, index, startedAt)
    const share = state === 'finished' ? 1 : 0.2 + ((index * 7) % 10) / 14
    const steps = Math.round(EPOCHS * STEPS_PER_EPOCH * share)
    logSteps(store, id, index, { from: 1, to: steps, startedAt, isFailing: state === 'failed' })
    store.runs.update(id, {
      state,
      endedAt: startedAt + steps * 0.03 * (1 + (index % 5)),
      metrics: state === 'finished' ? { 'test/accuracy': 0.84 + (index % 9) / 200, 'test/loss': 0.4512 } : {},
      weightsDir: state === 'finished' ? `/home/ada/Minima/weights/${id}` : null,
      ...errorOf(state, steps),
    })
  }
}

function errorOf(state: RunState, step: number): object {
  if (state === 'failed') {
    const message = `the loss became NaN at step ${step}; the weights of step ${step - 1} are kept`
    return { error: { code: 'loss-not-finite', message, details: { step } } }
  }
  if (state !== 'crashed') return {}
  return {
    error: {
      code: 'trainer-died',
      message: 'the trainer process was ended by SIGKILL',
      details: { signal: 'SIGKILL' },
    },
  }
}

/** A run in state running, without points. */
export function addFakeRun(store: Store, index: number, startedAt: number): RunId {
  const id = runId.parse(`fake-${String(index).padStart(5, '0')}`)
  const optimizer = OPTIMIZERS[index % 3] ?? 'sgd'
  const learningRate = [0.1, 0.01, 0.003, 0.001][index % 4] ?? 0.01
  store.runs.insert({
    runId: id,
    name:
      index % 11 === 4 ? `a wider network with batch normalization, seed ${index}` : `mlp ${optimizer} ${index + 1}`,
    experiment: 'fashion-mnist',
    state: 'running',
    createdAt: startedAt - 1,
    startedAt,
    hparams: { optimizer, learningRate, epochs: EPOCHS, batchSize: 32, seed: index, shuffle: true },
    headlineTag: 'validation/accuracy',
    stepsPerEpoch: STEPS_PER_EPOCH,
    backend: 'wasm',
    sourceText,
    sourcePath: '/home/ada/lab/fashion-mnist.yaml',
    environment: { ...environment, seed: index },
    model,
    rows: { train: 5500, validation: 500, test: 1000 },
    notices: index % 3 === 0 ? ['wasm trains it on one core: the binding to TensorFlow is not installed'] : [],
  })
  return id
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly startedAt: number
  readonly isFailing?: boolean
  /** Wall time of a step, in seconds. */
  readonly timeOf?: (step: number) => number
}

/** Appends the points of steps `from` to `to`. @returns the tags that grew. */
export function logSteps(store: Store, id: RunId, index: number, stretch: Stretch): string[] {
  const { from, to, startedAt, isFailing = false } = stretch
  const timeOf = stretch.timeOf ?? ((step: number) => startedAt + step * 0.03 * (1 + (index % 5)))
  const records = ALL_TAGS.flatMap((tag) => {
    const every = EPOCH_TAGS.includes(tag) ? STEPS_PER_EPOCH : SYSTEM_TAGS.includes(tag) ? 20 : 1
    const first = Math.ceil(from / every) * every
    const steps = Float64Array.from(
      { length: Math.max(0, Math.floor((to - first) / every) + 1) },
      (_, i) => first + i * every,
    )
    if (steps.length === 0) return []
    const values = steps.map((step) =>
      isFailing && tag === 'train/loss' && step > to - 3 ? Number.NaN : curveAt(tag, step, index),
    )
    return [{ kind: 'scalars' as const, tag, steps, wallTimes: steps.map(timeOf), values }]
  })
  store.writer(id).append(records)
  return records.map(({ tag }) => tag)
}

function curveAt(tag: string, step: number, index: number): number {
  const pace = (1 + (index % 7) / 4) / 260
  const decay = Math.exp(-pace * step)
  const noise = wobble(step * 7 + index * 131)
  const best = 0.86 + ((index * 5) % 9) / 160
  if (tag === 'train/loss') return 0.34 + 1.9 * decay + 0.16 * noise * (0.3 + decay) + 0.02
  if (tag === 'train/accuracy') return Math.min(1, Math.round((best - 0.75 * decay + 0.08 * noise) * 32) / 32)
  if (tag === 'validation/loss') return 0.36 + 1.4 * decay + 0.01 * noise
  if (tag === 'validation/accuracy') return best - 0.02 - 0.6 * decay + 0.004 * noise
  if (tag === 'epoch/learning_rate') return 0.01 / (1 + Math.floor(step / STEPS_PER_EPOCH / 3))
  if (tag === 'time/ms_per_step') return 12.4 + (index % 5) + 1.5 * noise ** 2 + (step % 190 === 7 ? 41 : 0)
  if (tag === 'time/samples_per_second') return 32_000 / (12.4 + (index % 5) + 1.5 * noise ** 2)
  return tag === 'system/memory_mb' ? 412 + 60 * (1 - decay) + noise : 97 + 3 * noise
}

/** In [-1, 1], the same for the same seed. */
function wobble(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453
  return 2 * (x - Math.floor(x)) - 1
}
