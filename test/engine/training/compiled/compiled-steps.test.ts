import { beforeAll, expect, it } from 'vitest'
import { ACTIVATIONS } from '../../../../src/contract/experiment/activation.ts'
import { LAYER_TYPES } from '../../../../src/contract/experiment/layers.ts'
import { LOSSES } from '../../../../src/contract/experiment/losses.ts'
import { METRICS } from '../../../../src/contract/experiment/metrics.ts'
import { OPTIMIZERS } from '../../../../src/contract/experiment/optimizer.ts'
import type { ExperimentInput } from '../../../../src/contract/experiment/experiment.ts'
import type { Runtime } from '../../../../src/main/engine/training/backends/backend.ts'
import { tensorflow } from '../../../../src/main/engine/training/backends/tensorflow.ts'
import { wasm } from '../../../../src/main/engine/training/backends/wasm.ts'
import { describeOnTensorflow } from '../../../support/tensorflow.ts'
import { distance, greatest, train, waves, words, type Given, type Told } from './train-both.ts'

type Layer = ExperimentInput['model']['layers'][number]

const OUT: Layer = { type: 'dense', units: 3, activation: 'softmax' }
const HIDDEN: Layer = { type: 'dense', units: 5, activation: 'relu' }
const IMAGE: Layer = { type: 'reshape', targetShape: [6, 6, 2] }
const SEQUENCE: Layer = { type: 'reshape', targetShape: [12, 6] }
const CONV: Layer = { type: 'conv2d', filters: 4, kernelSize: 3 }
/** A bias that normalization takes away again has no gradient but rounding. */
const UNBIASED: Layer = { ...CONV, useBias: false }
const FLAT: Layer = { type: 'flatten' }

const TOWERS: Layer[] = [
  { ...HIDDEN, name: 'left' },
  { type: 'dense', units: 5, activation: 'tanh', name: 'right', from: 'input' },
]

const SIGNAL: Layer = { type: 'reshape', targetShape: [12, 6] }
const VOLUME: Layer = { type: 'reshape', targetShape: [3, 3, 4, 2] }

/** What makes classes of numbers takes them as they come. */
const OF_NUMBERS: ReadonlySet<string> = new Set([
  'categoryEncoding',
  'discretization',
  'normalization',
  'integerLookup',
])

/** The rest, each after what gives it the dimensions that it wants, and something to train. */
const OTHERS: Readonly<Record<string, Layer[]>> = Object.fromEntries(
  (
    [
      ...[1, 2, 3].flatMap((dimensions) => [
        [`maxPooling${dimensions}d`, {}],
        [`averagePooling${dimensions}d`, {}],
        [`globalMaxPooling${dimensions}d`, {}],
        [`globalAveragePooling${dimensions}d`, {}],
        [`cropping${dimensions}d`, {}],
        [`zeroPadding${dimensions}d`, {}],
        [`upSampling${dimensions}d`, {}],
        [`spatialDropout${dimensions}d`, { rate: 0.3 }],
        [`conv${dimensions}d`, { filters: 3, kernelSize: 2 }],
      ]),
      ...[1, 2].flatMap((dimensions) => [
        [`conv${dimensions}dTranspose`, { filters: 3, kernelSize: 2 }],
        [`depthwiseConv${dimensions}d`, { kernelSize: 2 }],
        [`separableConv${dimensions}d`, { filters: 3, kernelSize: 2 }],
      ]),
      ['resizing', { height: 3, width: 5 }],
      ['centerCrop', { height: 3, width: 2 }],
      ['permute', { dims: [1] }],
      ['repeatVector', { n: 2 }],
      ['relu', { negativeSlope: 0.1 }],
      ['prelu', {}],
      ['elu', {}],
      ['softmax', {}],
      ['activityRegularization', { l2: 0.01 }],
      ['normalization', {}],
      ['rescaling', { scale: 0.5, offset: 1 }],
      ['categoryEncoding', { numTokens: 4 }],
      ['discretization', { numBins: 3 }],
      ['integerLookup', { vocabulary: [0, 1, 2], outputMode: 'multiHot' }],
      ['alphaDropout', { rate: 0.3 }],
      ['gaussianDropout', { rate: 0.3 }],
      ['groupNormalization', { groups: 2 }],
      ['unitNormalization', {}],
      ['rmsNormalization', {}],
      ['bidirectional', { layer: { type: 'gru', units: 3 } }],
    ] as [string, object][]
  ).map(([type, settings]): [string, Layer[]] => {
    const spec = { type, ...settings } as Layer
    const dimensions = /([123])d/.exec(type)?.[1] ?? (type === 'resizing' || type === 'centerCrop' ? '2' : '')
    const shaped = { 1: SIGNAL, 2: IMAGE, 3: VOLUME }[dimensions]
    if (shaped) return [type, [shaped, { type: 'dense', units: 4 }, spec, FLAT, OUT]]
    if (type === 'bidirectional') return [type, [SIGNAL, spec, OUT]]
    if (OF_NUMBERS.has(type)) return [type, [spec, OUT]]
    return [type, [{ type: 'dense', units: 6 }, spec, FLAT, OUT]]
  }),
)

/** Each layer type once, in a model that its gradient matters in. */
const MODELS: Readonly<Record<string, Layer[]>> = {
  ...OTHERS,
  dense: [HIDDEN, OUT],
  flatten: [IMAGE, FLAT, OUT],
  reshape: [SEQUENCE, FLAT, OUT],
  activation: [HIDDEN, { type: 'activation', activation: 'tanh' }, OUT],
  leakyReLU: [{ type: 'dense', units: 5 }, { type: 'leakyReLU' }, OUT],
  dropout: [HIDDEN, { type: 'dropout', rate: 0.3 }, OUT],
  gaussianNoise: [HIDDEN, { type: 'gaussianNoise', stddev: 0.3 }, OUT],
  batchNormalization: [
    IMAGE,
    UNBIASED,
    { type: 'batchNormalization' },
    { type: 'batchNormalization', axis: 1, scale: false },
    FLAT,
    OUT,
  ],
  layerNormalization: [HIDDEN, { type: 'layerNormalization' }, OUT],
  conv1d: [SEQUENCE, { type: 'conv1d', filters: 4, kernelSize: 3, activation: 'relu' }, FLAT, OUT],
  conv2d: [IMAGE, { ...CONV, activation: 'relu', padding: 'same', strides: 2 }, FLAT, OUT],
  maxPooling2d: [IMAGE, CONV, { type: 'maxPooling2d' }, FLAT, OUT],
  averagePooling2d: [IMAGE, CONV, { type: 'averagePooling2d', padding: 'same' }, FLAT, OUT],
  globalAveragePooling2d: [IMAGE, CONV, { type: 'globalAveragePooling2d' }, OUT],
  embedding: [{ type: 'embedding', inputDim: 9, outputDim: 4 }, FLAT, OUT],
  simpleRNN: [SEQUENCE, { type: 'simpleRNN', units: 4 }, OUT],
  lstm: [SEQUENCE, { type: 'lstm', units: 4, returnSequences: true }, { type: 'lstm', units: 3 }, OUT],
  gru: [SEQUENCE, { type: 'gru', units: 4 }, OUT],
  ...Object.fromEntries(
    (['concatenate', 'add', 'subtract', 'multiply', 'average', 'maximum', 'minimum', 'dot'] as const).map((type) => [
      type,
      [...TOWERS, { type, from: ['left', 'right'] }, OUT],
    ]),
  ),
  shared: [
    { ...HIDDEN, name: 'left' },
    { type: 'dense', units: 5, name: 'tower' },
    { type: 'shared', layer: 'tower', name: 'again' },
    { type: 'add', from: ['left', 'again'] },
    OUT,
  ],
}

/** A bit of everything that one model can hold, for the optimizers. */
const MIXED: Layer[] = [
  IMAGE,
  UNBIASED,
  { type: 'batchNormalization' },
  { type: 'activation', activation: 'relu' },
  { type: 'maxPooling2d' },
  FLAT,
  { type: 'dropout', rate: 0.2 },
  { ...HIDDEN, kernelRegularizer: { l1: 0.01, l2: 0.01 } },
  OUT,
]

describeOnTensorflow('the compiled step does not fall back, and computes what the eager one does:', () => {
  let runtime: Runtime
  beforeAll(async () => {
    runtime = await tensorflow.load()
  })

  async function expectAlike(given: Given, tolerance = 2e-5): Promise<Told> {
    const compiled = await train(given, runtime, true)
    const eager = await train(given, runtime, false)
    expect(compiled.how).toBe('compiled')
    expect(eager.how).toBe('op by op: asked for')
    expect(distance(compiled.numbers, eager.numbers)).toBeLessThan(1e-5)
    // Many gradients of a sum are what rounding leaves of it: they are told apart by the size of the great ones.
    expect(distance(compiled.gradients, eager.gradients, greatest(eager.gradients))).toBeLessThan(1e-5)
    expect(distance(compiled.weights, eager.weights)).toBeLessThan(tolerance)
    return compiled
  }

  // Those want text columns: train-texts.test.ts.
  const ofTexts = ['stringLookup', 'hashing', 'textVectorization']
  it('every layer type is tried', () =>
    expect([...Object.keys(MODELS), ...ofTexts].sort()).toEqual([...LAYER_TYPES].sort()))

  it.each(Object.entries(MODELS))('%s', async (type, layers) => {
    await expectAlike({ model: { layers }, ...(type === 'embedding' && { data: words() }) })
  })

  it('several inputs and outputs, each with a loss of its own', async () => {
    const data = waves(2) as Extract<ExperimentInput['data'], { source: 'inline' }>
    const features = data.columns.filter((name) => name !== 'y')
    await expectAlike({
      data,
      model: {
        inputs: { wide: features.slice(0, 9), deep: features.filter((_, index) => index % 7 === 3) },
        layers: [
          { ...HIDDEN, name: 'hidden', from: 'deep' },
          { type: 'concatenate', from: ['wide', 'hidden'] },
          { type: 'dense', units: 1, activation: 'sigmoid', name: 'main' },
          { type: 'dense', units: 1, name: 'aux', from: 'hidden' },
        ],
        outputs: ['main', 'aux'],
      },
      fit: {
        loss: { main: 'binaryCrossentropy', aux: 'huber' },
        lossWeights: [0.9, 0.1],
        metrics: { main: ['accuracy'], aux: ['meanAbsoluteError'] },
      },
    })
  })

  it.each([...ACTIVATIONS, { type: 'relu', maxValue: 2, negativeSlope: 0.1 }] as const)(
    'activation %o',
    async (name) => {
      const activation = name === 'threshold' ? ({ type: name, threshold: 0.1, defaultValue: -1 } as const) : name
      await expectAlike({ model: { layers: [{ type: 'dense', units: 6 }, { type: 'activation', activation }, OUT] } })
    },
  )

  const ONE_HOT = ['categoricalCrossentropy', 'categoricalFocalCrossentropy', 'categoricalHinge']
  /** Of one number a direction is its sign; the perceptron rule has a unit of its own. */
  const OTHERS = ['cosineSimilarity', 'perceptron']
  /** Relative to labels, which must not be 0. */
  const FROM_ONE = ['meanAbsolutePercentageError']
  const shifted = (data: ExperimentInput['data'], by: number): ExperimentInput['data'] => {
    if (data.source !== 'inline') return data
    return { ...data, rows: data.rows.map((row) => row.with(-1, Number(row.at(-1)) + by)) }
  }
  const BINARY = ['binaryCrossentropy', 'binaryFocalCrossentropy', 'poisson']

  it.each(LOSSES.filter((loss) => !OTHERS.includes(loss)))('loss %s', async (loss) => {
    const oneHot = ONE_HOT.includes(loss)
    const ofClasses = oneHot || loss === 'sparseCategoricalCrossentropy'
    const last = ofClasses ? 'softmax' : BINARY.includes(loss) ? 'sigmoid' : 'linear'
    await expectAlike({
      data: shifted(waves(ofClasses ? 3 : 2), FROM_ONE.includes(loss) ? 1 : 0),
      preprocess: oneHot ? [{ type: 'oneHot' }] : [],
      model: { layers: [HIDDEN, { type: 'dense', units: ofClasses ? 3 : 1, activation: last }] },
      fit: { loss, metrics: ofClasses ? ['accuracy'] : ['meanAbsoluteError', 'rootMeanSquaredError'] },
    })
  })

  it.each(METRICS.filter((metric) => !/sparse|IoU|Score|topK/i.test(metric)))('metric %s', async (type) => {
    const bound = { specificity: 0.7, sensitivity: 0.7, recall: 0.7, precision: 0.7 }
    const needed = Object.entries(bound).filter(([key]) => type.toLowerCase().endsWith(`at${key}`))
    const metric = { type, ...Object.fromEntries(needed) } as never
    await expectAlike({
      data: waves(2),
      model: { layers: [HIDDEN, { type: 'dense', units: 1, activation: 'sigmoid' }] },
      fit: { loss: 'binaryCrossentropy', metrics: [metric], weightedMetrics: [metric], classWeight: { 0: 0.5, 1: 2 } },
    })
  })

  it.each([
    { type: 'sparseTopKCategoricalAccuracy', k: 2 },
    { type: 'f1Score', average: 'macro' },
    { type: 'auc', multiLabel: true },
    { type: 'precision', topK: 2 },
    { type: 'recall', classId: 1 },
  ] as const)('metric $type of class numbers', async (metric) => {
    await expectAlike({ model: { layers: [HIDDEN, OUT] }, fit: { metrics: [metric as never] } })
  })

  it.each(OPTIMIZERS)('optimizer %s', async (type) => {
    await expectAlike({ model: { layers: MIXED }, fit: { optimizer: { type } as never } })
  })

  it.each(OPTIMIZERS)('optimizer %s with all that goes around a rule', async (type) => {
    const around = {
      useEma: true,
      emaMomentum: 0.9,
      emaOverwriteFrequency: 3,
      clipnorm: 0.5,
      weightDecay: 0.01,
      lossScaleFactor: 8,
    }
    await expectAlike({ model: { layers: MIXED }, fit: { optimizer: { type, ...around } as never } }, 1e-4)
  })

  it.each(OPTIMIZERS)('optimizer %s that accumulates gradients', async (type) => {
    const around = { gradientAccumulationSteps: 3, globalClipnorm: 0.7, useEma: true }
    await expectAlike({ model: { layers: MIXED }, fit: { optimizer: { type, ...around } as never } }, 1e-4)
  })

  it.each([
    { type: 'rmsprop', centered: true, momentum: 0.5 },
    { type: 'rmsprop', momentum: 0.9 },
    { type: 'sgd', momentum: 0.9, nesterov: true },
    { type: 'adam', amsgrad: true },
    { type: 'ftrl', beta: 0.1, l1RegularizationStrength: 0.01, l2ShrinkageRegularizationStrength: 0.01 },
    {
      type: 'sgd',
      learningRate: { type: 'exponentialDecay', initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5 },
    },
  ] as const)('optimizer %o', async (optimizer) => {
    await expectAlike({ model: { layers: [HIDDEN, OUT] }, fit: { optimizer: optimizer as never } })
  })

  it('weights of classes', async () => {
    const model = { layers: [HIDDEN, OUT] }
    const weighted = await expectAlike({ model, fit: { classWeight: { 0: 0.2, 2: 3 } } })
    expect(weighted.numbers).not.toEqual((await train({ model }, runtime, true)).numbers)
  })

  it('dropout and noise drop and add the same on WebAssembly', async () => {
    const layers: Layer[] = [HIDDEN, { type: 'dropout', rate: 0.3 }, { type: 'gaussianNoise', stddev: 0.1 }, OUT]
    const compiled = await train({ model: { layers } }, runtime, true)
    const other = await wasm.load()
    const onWasm = await train({ model: { layers } }, other, false)
    await runtime.tf.setBackend('tensorflow')
    expect(distance(compiled.numbers, onWasm.numbers)).toBeLessThan(1e-5)
  })
})
