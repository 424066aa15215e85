import { expect, it } from 'vitest'
import { experiment } from '../../src/contract/experiment/experiment.ts'
import { LAYER_TYPES } from '../../src/contract/experiment/layers.ts'

it("fills in Keras's defaults", () => {
  const given = {
    data: { source: 'csv', file: 'f.csv', target: 'y' },
    model: {
      layers: [
        { type: 'conv2d', filters: 2, kernelSize: 3 },
        { type: 'batchNormalization' },
        { type: 'maxPooling2d' },
        { type: 'dense', units: 1 },
      ],
    },
    fit: { loss: 'meanSquaredError', optimizer: 'adam' },
  }
  const kernel = {
    activation: 'linear',
    useBias: true,
    kernelInitializer: 'glorotUniform',
    biasInitializer: 'zeros',
  }
  expect(experiment.parse(given)).toEqual({
    data: given.data,
    hparams: {},
    preprocess: [],
    split: { validation: 0, test: 0, by: 'count', shuffle: false, stratify: false, seed: 0 },
    model: {
      layers: [
        {
          type: 'conv2d',
          filters: 2,
          kernelSize: 3,
          strides: 1,
          padding: 'valid',
          dilationRate: 1,
          groups: 1,
          ...kernel,
        },
        {
          type: 'batchNormalization',
          axis: -1,
          momentum: 0.99,
          epsilon: 0.001,
          center: true,
          scale: true,
          betaInitializer: 'zeros',
          gammaInitializer: 'ones',
          movingMeanInitializer: 'zeros',
          movingVarianceInitializer: 'ones',
        },
        { type: 'maxPooling2d', poolSize: 2, padding: 'valid' },
        { type: 'dense', units: 1, ...kernel },
      ],
    },
    fit: {
      loss: { type: 'meanSquaredError' },
      weightedMetrics: [],
      optimizer: {
        type: 'adam',
        learningRate: 0.001,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-7,
        amsgrad: false,
        weightDecay: null,
        excludeFromWeightDecay: [],
        clipnorm: null,
        globalClipnorm: null,
        clipvalue: null,
        useEma: false,
        emaMomentum: 0.99,
        emaOverwriteFrequency: null,
        lossScaleFactor: null,
        gradientAccumulationSteps: null,
      },
      metrics: [],
      epochs: 1,
      batchSize: 32,
      precision: 'float32',
      runEagerly: false,
      seed: 0,
      callbacks: [],
      initialEpoch: 0,
      stepsPerEpoch: null,
      validationFreq: 1,
      validationSteps: null,
      shuffle: true,
    },
    log: { everySteps: 1, histogramsEveryEpochs: 1, systemEverySecs: 1 },
    backend: 'auto',
  })
})

it('knows its layers', () => {
  expect(LAYER_TYPES).toContain('dense')
  expect(new Set(LAYER_TYPES).size).toBe(LAYER_TYPES.length)
})
