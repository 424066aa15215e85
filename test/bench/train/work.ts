/** One case made ready for everybody: the same rows, the same first weights and the same order, as files and as numbers. */
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Experiment, ExperimentInput } from '../../../src/contract/experiment/experiment.ts'
import { gatherBatch } from '../../../src/main/engine/data/batches.ts'
import type { DataShape, Split } from '../../../src/main/engine/data/dataset.ts'
import { loadDataset } from '../../../src/main/engine/data/load-dataset.ts'
import { rowRange } from '../../../src/main/engine/data/random.ts'
import { parseExperiment } from '../../../src/main/engine/experiment/parse.ts'
import { buildModel } from '../../../src/main/engine/models/build-model.ts'
import type { Tf } from '../../../src/main/engine/models/tf.ts'
import type { BenchCase } from './cases.ts'
import { drawByHash } from './hash-weights.ts'
import { resolveGraph } from '../../../src/main/engine/models/model-graph.ts'

/** What the peers are told; `cases.ts` and this are all they know of a case. */
export interface Work {
  readonly id: string
  readonly case: BenchCase
  readonly rows: number
  readonly stepsPerEpoch: number
  readonly featureShape: readonly number[]
  /** Files of little-endian float32, row-major: [rows, ...featureShape], [rows, 1], and all first weights in a row. */
  readonly files: { readonly features: string; readonly labels: string; readonly weights: string }
  readonly weightShapes: readonly (readonly number[])[]
  /** For Minima; null: the experiment file cannot say this model. */
  readonly experiment: ExperimentInput | null
  readonly seed: number
}

export interface WorkOptions {
  readonly rows: number
  readonly seed: number
  /** Where files go. */
  readonly dir: string
  readonly dataDir: string
  /** Any backend; first weights do not depend on it. */
  readonly tf: Tf
}

export async function prepareWork(benchCase: BenchCase, options: WorkOptions): Promise<Work> {
  const { rows, seed, tf } = options
  const dir = join(options.dir, `${benchCase.id}-${rows}`)
  await mkdir(dir, { recursive: true })
  const file = (name: string): string => join(dir, `${name}.bin`)
  writeFileSync(file('rows'), rowNumbers(benchCase, options))
  const { model } = benchCase
  const input: ExperimentInput = {
    ...benchCase.data,
    name: benchCase.id,
    split: { rows: { train: file('rows') } },
    model: { layers: model.kind === 'sequential' ? model.layers : [{ type: 'dense', units: 1 }] },
    fit: { ...benchCase.fit, seed },
  }
  const { train, shape } = await loadDataset(parse(input), dir)
  writeRows(train, file('features'), file('labels'))
  const weights =
    model.kind === 'sequential'
      ? firstWeights(tf, parse(input), shape)
      : drawByHash(wideDeepShapes(train.featureWidth), seed)
  writeFileSync(file('weights'), Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer))))
  return {
    id: `${benchCase.id}-${rows}`,
    case: benchCase,
    rows,
    stepsPerEpoch: Math.ceil(rows / benchCase.fit.batchSize),
    featureShape: shape.featureShape,
    files: { features: file('features'), labels: file('labels'), weights: file('weights') },
    weightShapes: weights.map((weight) => weight.shape),
    experiment: model.kind === 'sequential' ? input : null,
    seed,
  }
}

function rowNumbers({ rowsFrom }: BenchCase, { rows, dataDir }: WorkOptions): Uint8Array {
  if (rowsFrom === 'start') return new Uint8Array(rowRange(rows).buffer)
  return readFileSync(join(dataDir, 'california-housing/split_train.i32.bin')).subarray(0, rows * 4)
}

function parse(input: ExperimentInput): Experiment {
  const { experiment, problems } = parseExperiment({ text: JSON.stringify(input), overrides: {} })
  if (!experiment) throw new Error(JSON.stringify(problems))
  return experiment
}

function writeRows(split: Split, featureFile: string, labelFile: string): void {
  const features = new Float32Array(split.rows * split.featureWidth)
  const labels = new Float32Array(split.rows * split.labelWidth)
  gatherBatch(split, rowRange(split.rows), features, labels)
  writeFileSync(featureFile, features)
  writeFileSync(labelFile, labels)
}

interface WeightValues {
  readonly shape: readonly number[]
  readonly values: Float32Array<ArrayBuffer>
}

function firstWeights(tf: Tf, { model, fit }: Experiment, shape: DataShape): WeightValues[] {
  const built = buildModel(tf, resolveGraph(model, shape).graph, fit.seed).model
  const weights = built.getWeights().map((weight) => ({
    shape: weight.shape,
    values: Float32Array.from(weight.dataSync()),
  }))
  built.dispose()
  return weights
}

function wideDeepShapes(inputs: number): number[][] {
  return [[inputs, 30], [30], [30, 30], [30], [inputs + 30, 1], [1]]
}
