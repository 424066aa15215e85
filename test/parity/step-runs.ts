/** From a golden's description of a run of training steps to what Minima trains: an experiment, first weights, row weights. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { experiment, type Experiment } from '../../src/contract/experiment/experiment.ts'
import { classWeights, rowWeights } from '../../src/main/engine/data/class-weights.ts'
import { GOLDEN_DIR } from './goldens.ts'
import { camelCase, optimizerOf, type KerasConfig } from './keras-names.ts'

export interface GoldenModel {
  readonly units: readonly number[]
  readonly activations: readonly string[]
  readonly weights_base_seed: number
}

export interface GoldenRun {
  readonly optimizer: string
  readonly config: KerasConfig
  readonly kernel_regularizer?: { readonly l1: number; readonly l2: number }
  readonly sample_weight?: { readonly formula: string }
  readonly class_weight?: Readonly<Record<string, number>>
}

export interface GoldenRows {
  readonly rows: readonly [number, number]
  readonly batch: number
}

/** One training, told in Minima's terms; its rows come in order, whole batches only, over and over. */
export interface StepRun {
  readonly experiment: Experiment
  readonly baseDir: string
  /** Of all weights, in the order of the model's. */
  readonly firstWeights: readonly Float32Array[]
  /** How much each row counts; null: all alike. */
  readonly rowWeights: Float32Array | null
  readonly steps: number
}

const FASHION = [resolve(GOLDEN_DIR, '../fashion-mnist'), resolve('../shared/data/fashion-mnist')].find((dir) =>
  existsSync(dir),
)

/** Why the goldens' rows cannot be had; null: they can. */
export function noRows(): string | null {
  return FASHION === undefined ? 'no Fashion-MNIST in ../shared/data/fashion-mnist' : null
}

export function stepRun(model: GoldenModel, data: GoldenRows, run: GoldenRun, steps: number): StepRun {
  const { dir, labels } = sliceOf(data.rows)
  const layers = model.units.slice(1).map((units, index) => ({
    type: 'dense',
    units,
    activation: camelCase(model.activations[index] ?? 'linear'),
    ...(run.kernel_regularizer && {
      kernelRegularizer: { l1: run.kernel_regularizer.l1, l2: run.kernel_regularizer.l2 },
    }),
  }))
  return {
    experiment: experiment.parse({
      data: { source: 'idx', train: { features: 'images', labels: 'labels' } },
      preprocess: [{ type: 'scale', divideBy: 255 }],
      model: { layers: [{ type: 'flatten' }, ...layers] },
      fit: {
        loss: 'sparseCategoricalCrossentropy',
        optimizer: optimizerOf(run.optimizer, run.config),
        batchSize: data.batch,
        shuffle: false,
        ...(run.class_weight && { classWeight: run.class_weight }),
      },
    }),
    baseDir: dir,
    firstWeights: firstWeights(model),
    rowWeights: rowWeightsOf(run, labels, model.units.at(-1) ?? 1),
    steps,
  }
}

/** The goldens' hash: evenly in [0, 1). */
function hashed(seed: number, index: number): number {
  let hash = (Math.imul(index, 0x9e3779b1) + seed) >>> 0
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b) >>> 0
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35) >>> 0
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

function firstWeights({ units, weights_base_seed: base }: GoldenModel): Float32Array[] {
  return units.slice(1).flatMap((fanOut, kernel) => {
    const fanIn = units[kernel] ?? 0
    const seed = (base + Math.imul(kernel + 1, 0x632be5ab)) >>> 0
    const limit = Math.sqrt(6 / (fanIn + fanOut))
    const draw = (_: unknown, index: number): number => (2 * hashed(seed, index) - 1) * limit
    return [Float32Array.from({ length: fanIn * fanOut }, draw), new Float32Array(fanOut)]
  })
}

/** Such as `fround(0.25+1.5*u(777,i)), i = row in the slice`. */
const FORMULA = /fround\(([\d.]+)\+([\d.]+)\*u\((\d+),i\)\)/

function rowWeightsOf(run: GoldenRun, labels: Uint8Array, classes: number): Float32Array | null {
  if (run.class_weight) {
    const target = { kind: 'classes', classes: null, count: classes, oneHot: false } as const
    return rowWeights(Float32Array.from(labels), labels.length, classWeights(run.class_weight, target))
  }
  if (!run.sample_weight) return null
  const parts = FORMULA.exec(run.sample_weight.formula)
  if (parts === null) throw new Error(`a formula of row weights that is not known: ${run.sample_weight.formula}`)
  const [least = NaN, range = NaN, seed = NaN] = parts.slice(1).map(Number)
  return Float32Array.from(labels, (_, row) => least + range * hashed(seed, row))
}

interface Slice {
  readonly dir: string
  readonly labels: Uint8Array
}

const slices = new Map<string, Slice>()

/** Some rows of the training files, as IDX files of their own in a folder that goes with the process. */
function sliceOf([from, to]: readonly [number, number]): Slice {
  const key = `${from}-${to}`
  const known = slices.get(key)
  if (known) return known
  const dir = mkdtempSync(join(tmpdir(), 'minima-steps-'))
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
  const labels = cutIdx('train-labels-idx1-ubyte.gz', from, to, join(dir, 'labels'))
  cutIdx('train-images-idx3-ubyte.gz', from, to, join(dir, 'images'))
  const slice = { dir, labels }
  slices.set(key, slice)
  return slice
}

/** @returns the bytes of rows `from` … `to` - 1 */
function cutIdx(file: string, from: number, to: number, path: string): Uint8Array {
  const idx = gunzipSync(readFileSync(join(FASHION ?? '', file)))
  const header = Buffer.from(idx.subarray(0, 4 + 4 * (idx[3] ?? 0)))
  const width = (idx.length - header.length) / header.readUInt32BE(4)
  const rows = idx.subarray(header.length + from * width, header.length + to * width)
  header.writeUInt32BE(to - from, 4)
  writeFileSync(path, Buffer.concat([header, rows]))
  return rows
}
