/** What bench:train trains: data, model, loss and optimizer of each case, stated once for all who train it. */
import { join } from 'node:path'
import type { ExperimentInput } from '../../../src/contract/experiment/experiment.ts'

type Layers = ExperimentInput['model']['layers']

/**
 * A stack of layers as the experiment file says it, or the textbook's Wide & Deep: two hidden layers of 30 whose output
 * is joined to the inputs, [inputs, hidden], and one unit over both.
 */
export type ModelPlan = { readonly kind: 'sequential'; readonly layers: Layers } | { readonly kind: 'wide-deep' }

export interface BenchCase {
  readonly id: string
  readonly title: string
  readonly data: Pick<ExperimentInput, 'data' | 'preprocess'>
  /** Row numbers of the file, in order; the bench takes the first `rows` of them. */
  readonly rowsFrom: 'start' | 'book-split'
  /** Training rows at scale 1. */
  readonly rows: number
  /** Rows of the comparison of losses, when not all: a hundred steps and a last batch that is not full. */
  readonly comparedRows: number | null
  readonly model: ModelPlan
  readonly fit: {
    readonly loss: 'sparseCategoricalCrossentropy' | 'meanSquaredError'
    readonly optimizer: { readonly type: 'sgd' | 'adam'; readonly learningRate: number }
    readonly metrics: ('accuracy' | 'meanSquaredError')[]
    readonly batchSize: number
  }
  /** Measured epochs of a turn, after the one that warms up. */
  readonly epochs: number
}

/** All cases, over the folder that holds `fashion-mnist` and `california-housing`. */
export function benchCases(dataDir: string): BenchCase[] {
  const fashion = {
    data: {
      data: {
        source: 'idx' as const,
        dir: join(dataDir, 'fashion-mnist'),
        train: { features: 'train-images-idx3-ubyte.gz', labels: 'train-labels-idx1-ubyte.gz' },
      },
      preprocess: [{ type: 'scale' as const, divideBy: 255 }],
    },
    rowsFrom: 'start' as const,
  }
  const california = {
    data: {
      data: {
        source: 'csv' as const,
        dir: join(dataDir, 'california-housing'),
        file: 'california_housing_sklearn.csv.gz',
        target: 'MedHouseVal',
      },
      preprocess: [{ type: 'standardize' as const }],
    },
    rowsFrom: 'book-split' as const,
    rows: 11_610,
    comparedRows: null,
    fit: {
      loss: 'meanSquaredError' as const,
      optimizer: { type: 'adam' as const, learningRate: 0.001 },
      metrics: [],
      batchSize: 32,
    },
    epochs: 4,
  }
  const classify = (batchSize: number) => ({
    loss: 'sparseCategoricalCrossentropy' as const,
    optimizer: { type: 'sgd' as const, learningRate: 0.01 },
    metrics: ['accuracy' as const],
    batchSize,
  })
  const mlp = (batchSize: number, epochs: number): BenchCase => ({
    ...fashion,
    id: `mlp-${batchSize}`,
    title: `Fashion-MNIST, 784-300-100-10, SGD, batch ${batchSize}`,
    rows: 55_000,
    comparedRows: 100 * batchSize + batchSize / 4,
    model: { kind: 'sequential', layers: [{ type: 'flatten' }, ...dense(300, 100), softmax] },
    fit: classify(batchSize),
    epochs,
  })
  return [
    mlp(32, 1),
    mlp(128, 2),
    mlp(512, 4),
    {
      ...california,
      id: 'california',
      title: 'California housing, 3 × 50, Adam, batch 32',
      model: { kind: 'sequential', layers: [...dense(50, 50, 50), { type: 'dense', units: 1 }] },
    },
    {
      ...california,
      id: 'wide-deep',
      title: 'California housing, Wide & Deep, Adam, batch 32',
      model: { kind: 'wide-deep' },
    },
    {
      ...fashion,
      id: 'cnn',
      title: 'Fashion-MNIST, small CNN, SGD, batch 32',
      rows: 11_000,
      comparedRows: 32 * 100 + 8,
      model: {
        kind: 'sequential',
        layers: [
          { type: 'reshape', targetShape: [28, 28, 1] },
          { type: 'conv2d', filters: 16, kernelSize: 3, activation: 'relu' },
          { type: 'maxPooling2d', poolSize: 2 },
          { type: 'conv2d', filters: 32, kernelSize: 3, activation: 'relu' },
          { type: 'maxPooling2d', poolSize: 2 },
          { type: 'flatten' },
          ...dense(64),
          softmax,
        ],
      },
      fit: classify(32),
      epochs: 1,
    },
  ]
}

const softmax = { type: 'dense' as const, units: 10, activation: 'softmax' as const }

function dense(...units: number[]): Layers {
  return units.map((count) => ({ type: 'dense', units: count, activation: 'relu' }))
}
