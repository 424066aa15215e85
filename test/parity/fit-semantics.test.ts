/**
 * What Keras's `fit` means by its figures: `fit_semantics` of every `ops_*.json`, trained by the product's loop. That of
 * several outputs is in `test/engine/training/several-outputs.test.ts`.
 */
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { experiment, type ExperimentInput } from '../../src/contract/experiment/experiment.ts'
import { loadDataset } from '../../src/main/engine/data/load-dataset.ts'
import { wasm } from '../../src/main/engine/training/backends/wasm.ts'
import { fit } from '../../src/main/engine/training/fit.ts'
import { prepareTraining } from '../../src/main/engine/training/prepare-training.ts'
import type { StartMessage } from '../../src/main/engine/training/trainer-protocol.ts'
import { noGoldens, readGoldens } from './goldens.ts'
import { quietHooks } from '../support/quiet-hooks.ts'

interface Semantics {
  readonly history: Readonly<Record<string, readonly number[]>>
  readonly batch_size?: number
  readonly validation_split?: number
  readonly sample_weight?: readonly number[]
  readonly class_weight?: Readonly<Record<string, number>>
  readonly y?: readonly number[]
}

interface OpsGolden {
  readonly fit_semantics: Readonly<Record<string, Semantics>>
}

const ROWS = 20
/** As good as none: rates must be positive. */
const NO_RATE = 1e-30
const NAMES: Readonly<Record<string, string>> = { meanAbsoluteError: 'mae', meanSquaredError: 'mse' }

/** The goldens' model y = x on 0 … 19 and labels of 0, which learns nothing. */
function identity(of: Semantics, kernelRegularizer?: { l2: number }): ExperimentInput {
  const rows = Array.from({ length: ROWS }, (_, row) => [row, 0])
  return {
    data: { source: 'inline', columns: ['x', 'y'], target: 'y', rows },
    split: { validation: of.validation_split ?? 0 },
    model: { layers: [{ type: 'dense', units: 1, ...(kernelRegularizer && { kernelRegularizer }) }] },
    fit: {
      loss: 'meanSquaredError',
      metrics: ['mae' in of.history ? 'meanAbsoluteError' : 'meanSquaredError'],
      optimizer: { type: 'sgd', learningRate: NO_RATE },
      batchSize: of.batch_size ?? 7,
    },
  }
}

const ROW_WEIGHTS = Array.from({ length: ROWS }, (_, row) => Math.fround((2 * row) / (ROWS - 1)))

function weighted(of: Semantics): ExperimentInput {
  const input = identity(of)
  return { ...input, fit: { ...input.fit, metrics: [], weightedMetrics: [{ type: 'meanAbsoluteError', name: 'mae' }] } }
}

/** Three classes, all taken for as likely. */
function classifier(of: Semantics): ExperimentInput {
  return {
    data: { source: 'inline', columns: ['x', 'y'], target: 'y', rows: (of.y ?? []).map((label, row) => [row, label]) },
    model: { layers: [{ type: 'dense', units: 3, activation: 'softmax' }] },
    fit: {
      loss: 'sparseCategoricalCrossentropy',
      optimizer: { type: 'sgd', learningRate: NO_RATE },
      classWeight: { ...of.class_weight },
      batchSize: 7,
    },
  }
}

interface Special {
  readonly rowWeights?: readonly number[] | undefined
  /** Rows are trained and validated on. */
  readonly validatesOnAll?: boolean
}

async function historyOf(input: ExperimentInput, weight: number, special: Special = {}) {
  const runtime = await wasm.load()
  const job: StartMessage = {
    type: 'start',
    experiment: experiment.parse(input),
    baseDir: tmpdir(),
    weightsDir: tmpdir(),
  }
  const loaded = await loadDataset(job.experiment, job.baseDir)
  const data = special.validatesOnAll ? { ...loaded, validation: loaded.train } : loaded
  const rowWeights = special.rowWeights ? Float32Array.from(special.rowWeights) : null
  const training = await prepareTraining(job, runtime, { data, rowWeights })
  const { model, tf } = training.parts
  tf.tidy(() => model.setWeights(model.getWeights().map(({ shape }, at) => tf.fill(shape, at === 0 ? weight : 0))))
  training.steps.push()
  const { history } = await fit(job, training, {
    ...quietHooks(),
  })
  return Object.fromEntries(
    Object.entries(history).map(([name, values]) => [
      name.replace('weighted_', '').replace(/meanAbsoluteError|meanSquaredError/, (metric) => NAMES[metric] ?? metric),
      values,
    ]),
  )
}

const CASES: Readonly<Record<string, (of: Semantics) => ReturnType<typeof historyOf>>> = {
  fit_lr0_identity_model: (of) => historyOf(identity(of), 1),
  fit_sample_weight: (of) => historyOf(identity(of), 1, { rowWeights: of.sample_weight }),
  // The golden has the weights of the one before.
  fit_weighted_metrics: (of) => historyOf(weighted(of), 1, { rowWeights: ROW_WEIGHTS }),
  fit_class_weight: (of) => historyOf(classifier(of), 0),
  fit_l2_regularizer: (of) => historyOf(identity(of, { l2: 0.01 }), 1, { validatesOnAll: true }),
}

const goldens = readGoldens<OpsGolden>('ops')
if (goldens.length === 0) it('every ops_*.json', ({ skip }) => skip(noGoldens('ops')))

describe.each(goldens)('$file', ({ golden }) => {
  const cases = Object.entries(golden.fit_semantics).filter(([name]) => name in CASES)

  it.each(cases)('%s', async (name, of) => {
    const history = (await CASES[name]?.(of)) ?? {}
    for (const [figure, wanted] of Object.entries(of.history)) {
      for (const [epoch, value] of wanted.entries()) expect(history[figure]?.[epoch] ?? NaN).toBeCloseTo(value, 3)
    }
  })
})
