/**
 * bench:step-profile. Where the time of a compiled step goes: the same loop with ever more of the step in it, in turn. A row
 * is what its part adds to the one before; parts that TensorFlow overlaps or joins are told where they appear.
 */
import { experiment as experimentSchema } from '../../src/contract/experiment/experiment.ts'
import { loadDataset } from '../../src/main/engine/data/load-dataset.ts'
import type { Tensor, Tf } from '../../src/main/engine/models/tf.ts'
import { tensorflow } from '../../src/main/engine/training/backends/tensorflow.ts'
import { tensorflowBackend } from '../../src/main/engine/training/compiled/binding.ts'
import { compilePrograms, type ProgramSpec } from '../../src/main/engine/training/compiled/program.ts'
import { createUpdateRecorder } from '../../src/main/engine/training/compiled/record-update.ts'
import { columnsOf } from '../../src/main/engine/training/compiled/resident-columns.ts'
import { prepareTraining } from '../../src/main/engine/training/prepare-training.ts'
import { backwardPass, forwardPass } from '../../src/main/engine/training/step-body.ts'
import { chooseThreads } from '../../src/main/engine/training/threads.ts'
import { ROOT } from '../support/served-app.ts'
import { benchOptions, measured, report, type BenchRow } from './report.ts'

const STEPS = 140
const { scale, rounds = 20 } = benchOptions()
const batchSize = Math.max(1, Math.round(32 * scale))

const experiment = experimentSchema.parse({
  data: {
    source: 'idx',
    train: { features: 'train-images-idx3-ubyte.gz', labels: 'train-labels-idx1-ubyte.gz' },
  },
  preprocess: [{ type: 'scale', divideBy: 255 }],
  model: {
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 300, activation: 'relu' },
      { type: 'dense', units: 100, activation: 'relu' },
      { type: 'dense', units: 10, activation: 'softmax' },
    ],
  },
  fit: { loss: 'sparseCategoricalCrossentropy', optimizer: 'sgd', metrics: ['accuracy'], batchSize },
})
const baseDir = `${ROOT}/resources/data/fashion-mnist-sample`
const data = await loadDataset(experiment, baseDir)
chooseThreads(experiment, data.shape)
const runtime = await tensorflow.load()
const { tf } = runtime
const job = { type: 'start', experiment, baseDir, weightsDir: baseDir } as const
const { parts } = await prepareTraining(job, runtime, { data, compile: false })
const update = createUpdateRecorder(tf, experiment.fit.optimizer, parts.optimizer)
const scalars = Object.keys(update.scalarsOf(0))

/** Something of each tensor, so that none is left out as unused. */
function touch(of: Tf, tensors: readonly Tensor[]): Tensor {
  return of.addN(tensors.map((tensor) => of.sum(of.slice(of.reshape(tensor, [-1]), 0, 1))))
}

const part = (name: string, body: ProgramSpec['body']): ProgramSpec => ({
  name,
  part: 'train',
  rows: batchSize,
  scalars,
  body,
})
const programs: readonly (readonly [title: string, spec: ProgramSpec])[] = [
  ['an empty loop', part('empty', ({ counter }) => ({ results: [tf.cast(counter, 'float32')] }))],
  ['rows gathered, bytes to numbers', part('rows', ({ columns }) => ({ results: [touch(tf, columns)] }))],
  [
    'forward, loss and metric',
    part('forward', ({ columns: [features, labels] }) => {
      const { loss, sums } = forwardPass(
        parts,
        { features: features as Tensor, labels: labels as Tensor, weights: null },
        true,
      )
      return { results: [loss, ...sums] }
    }),
  ],
  [
    'backward',
    part('backward', ({ columns: [features, labels] }) => {
      const batch = { features: features as Tensor, labels: labels as Tensor, weights: null }
      const { loss, sums, gradients } = backwardPass(parts, batch)
      return { results: [loss, ...sums, touch(tf, gradients as Tensor[])] }
    }),
  ],
  [
    'the update of the weights',
    part('step', ({ columns: [features, labels], scalars: given }, recorder) => {
      const batch = { features: features as Tensor, labels: labels as Tensor, weights: null }
      const { loss, sums, gradients } = backwardPass(parts, batch)
      update.record(recorder, gradients, given)
      return { results: [loss, ...sums] }
    }),
  ],
]
const backend = tensorflowBackend(tf)
if (backend === null) throw new Error('TensorFlow is not set up')
const compiled = compilePrograms(tf, backend, {
  variables: [...parts.optimizer.variables.map(({ variable }) => variable), ...update.scratch],
  parts: { train: columnsOf(data.train, { features: data.shape.featureShape, weights: null }, true) },
  programs: programs.map(([, spec]) => spec),
  bfloat16: false,
})
const call = {
  order: Int32Array.from({ length: STEPS * batchSize }, (_, index) => (index * 7919) % data.train.rows),
  scalars: Float32Array.from(Array.from({ length: STEPS }, () => Object.values(update.scalarsOf(0))).flat()),
  counter: 1,
}
const times = new Map<string, number[]>(programs.map(([title]) => [title, []]))
for (let round = 0; round < rounds + 3; round++) {
  for (const [title, { name }] of programs) {
    const startedAt = performance.now()
    compiled.run(name, call)
    if (round >= 3) times.get(title)?.push(((performance.now() - startedAt) / STEPS) * 1000)
  }
}
const rows: BenchRow[] = programs.map(([title], index) => {
  const own = times.get(title) ?? []
  const before = times.get(programs[index - 1]?.[0] ?? '') ?? []
  const added = own.map((time, round) => time - (before[round] ?? 0))
  return { case: title, metric: index === 0 ? 'takes' : 'adds', unit: 'µs/step', minima: measured(added) }
})
const all = measured(times.get('the update of the weights') ?? [])
report(
  'step-profile',
  [...rows, { case: `the step, 784-300-100-10, batch ${batchSize}`, metric: 'takes', unit: 'µs/step', minima: all }],
  [],
)
process.exit(0)
