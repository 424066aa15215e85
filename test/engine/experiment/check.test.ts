import { describe, expect, it } from 'vitest'
import type { DataShape, Target } from '../../../src/main/engine/data/dataset.ts'
import type { BackendName } from '../../../src/main/engine/experiment/check.ts'
import { checkExperiment } from '../../../src/main/engine/experiment/check.ts'
import { parseExperiment } from '../../../src/main/engine/experiment/parse.ts'
import { formatProblem } from '../../../src/main/engine/experiment/problems.ts'

const classes = (count: number, oneHot = false): Target => ({ kind: 'classes', classes: null, count, oneHot })
const values = (names: string[], zeroOne = false): Target => ({ kind: 'values', names, zeroOne })

interface Given {
  /** Lines below `layers:`; the first one is line 3. */
  layers: string[]
  loss?: string
  /** More of the file, below. */
  rest?: string
  backend?: BackendName
  data?: Partial<DataShape>
}

const IMAGES: DataShape = {
  featureShape: [28, 28],
  featureNames: null,
  target: classes(10),
  rows: 60_000,
  testFileRows: null,
  parts: { train: 60_000, validation: 0, test: 0 },
}

function check({ layers, loss, rest = '', backend = 'wasm', data }: Given): string[] {
  const text = [
    'model:',
    '  layers:',
    ...layers.map((layer) => `    - ${layer}`),
    `fit: { loss: ${loss ?? 'sparseCategoricalCrossentropy'} }`,
    'data: { source: csv, file: f, target: y }',
    rest,
  ].join('\n')
  const { experiment, problems, positions } = parseExperiment({ text, overrides: {} })
  if (experiment === null) return problems.map(formatProblem)
  return checkExperiment(experiment, { ...IMAGES, ...data }, { backend, positions }).map(formatProblem)
}

const FLATTEN = '{ type: flatten }'
const SOFTMAX = '{ type: dense, units: 10, activation: softmax }'
const SIGMOID = '{ type: dense, units: 1, activation: sigmoid }'
const LINEAR = '{ type: dense, units: 1 }'
const ROWS = { featureShape: [8] }

const GOOD: [string, Given][] = [
  ['an image classifier', { layers: [FLATTEN, SOFTMAX] }],
  [
    'softmax as a layer of its own',
    { layers: [FLATTEN, '{ type: dense, units: 10 }', '{ type: activation, activation: softmax }'] },
  ],
  [
    'one-hot labels',
    {
      layers: [FLATTEN, SOFTMAX],
      loss: 'categoricalCrossentropy',
      rest: 'preprocess: [{ type: oneHot }]',
      data: { target: classes(10, true) },
    },
  ],
  ['two classes', { layers: [SIGMOID], loss: 'binaryCrossentropy', data: { ...ROWS, target: classes(2) } }],
  [
    'several yes or no',
    {
      layers: ['{ type: dense, units: 2, activation: sigmoid }'],
      loss: 'binaryCrossentropy',
      data: { ...ROWS, target: values(['a', 'b'], true) },
    },
  ],
  ['regression', { layers: [LINEAR], loss: 'meanSquaredError', data: { ...ROWS, target: values(['price']) } }],
  ['two classes by squares', { layers: [SIGMOID], loss: 'meanSquaredError', data: { ...ROWS, target: classes(2) } }],
  [
    'a convolution on cpu',
    {
      layers: [
        '{ type: reshape, targetShape: [28, 28, 1] }',
        '{ type: conv2d, filters: 2, kernelSize: 3 }',
        FLATTEN,
        SOFTMAX,
      ],
      backend: 'cpu',
    },
  ],
]

const BAD: [string, Given, string[]][] = [
  [
    'units for classes',
    { layers: [FLATTEN, '{ type: dense, units: 5, activation: softmax, name: output }'] },
    ['model.layers[1] (dense "output"): expected 10 units for 10 classes, got 5 (line 4)'],
  ],
  [
    'units before an activation',
    { layers: [FLATTEN, '{ type: dense, units: 5 }', '{ type: activation, activation: softmax }'] },
    ['model.layers[1] (dense): expected 10 units for 10 classes, got 5 (line 4)'],
  ],
  [
    'rows that were not flattened',
    { layers: [SOFTMAX] },
    [
      'model.layers[0] (dense): expected one list of numbers per row at the end of the model, got [28, 10]; ' +
        'put {type: flatten} before the last dense layer, or a layer that sums up the others (line 3)',
    ],
  ],
  [
    'a convolution of what has no channels, and no gradient',
    { layers: ['{ type: conv2d, filters: 2, kernelSize: 3 }', FLATTEN, SOFTMAX] },
    [
      'model.layers[0] (conv2d): the WASM backend has no gradient for conv2d; train it on TensorFlow, or train it slowly with `backend: cpu` (line 3)',
      'model.layers[0] (conv2d): expected an input of [height, width, channels], got [28, 28]; put {type: reshape, targetShape: [28, 28, 1]} before it (line 3)',
    ],
  ],
  [
    'a reshape that does not come out',
    { layers: ['{ type: reshape, targetShape: [28, 27] }', FLATTEN, SOFTMAX] },
    [
      'model.layers[0] (reshape): expected an input of 756 numbers to fill [28, 27], got [28, 28]; that is 784 numbers (line 3)',
    ],
  ],
  [
    'windows that do not fit',
    {
      layers: [
        '{ type: reshape, targetShape: [28, 28, 1] }',
        '{ type: averagePooling2d, poolSize: 30 }',
        FLATTEN,
        SOFTMAX,
      ],
    },
    [
      'model.layers[1] (averagePooling2d): expected an input no smaller than its window [30, 30], got [28, 28, 1]; make the window smaller, or set padding: same (line 4)',
    ],
  ],
  [
    'steps without features',
    { layers: ['{ type: lstm, units: 4 }', SOFTMAX], data: ROWS },
    [
      'model.layers[0] (lstm): expected an input of [steps, features], got [8]; put {type: reshape, targetShape: [8, 1]} before it (line 3)',
    ],
  ],
  [
    'a name twice',
    { layers: ['{ type: flatten, name: x }', '{ type: dense, units: 10, activation: softmax, name: x }'] },
    ['model.layers[1].name: layer 0 is called "x" already; names must differ (line 4)'],
  ],
  [
    'an activation that the loss does not take',
    { layers: [FLATTEN, '{ type: dense, units: 10 }'] },
    ['model.layers[1] (dense): expected the activation softmax for sparseCategoricalCrossentropy, got linear (line 4)'],
  ],
  [
    'softmax over one unit',
    {
      layers: ['{ type: dense, units: 1, activation: softmax }'],
      loss: 'meanSquaredError',
      data: { ...ROWS, target: values(['y']) },
    },
    ['model.layers[0] (dense): softmax over 1 unit always gives 1; use sigmoid (line 3)'],
  ],
  [
    'labels that are not one-hot',
    { layers: [FLATTEN, SOFTMAX], loss: 'categoricalCrossentropy' },
    ['fit.loss: needs one-hot labels; use sparseCategoricalCrossentropy, or add {type: oneHot} to preprocess (line 5)'],
  ],
  [
    'labels that are',
    { layers: [FLATTEN, SOFTMAX], data: { target: classes(10, true) } },
    [
      'fit.loss: needs class numbers, but preprocess makes the labels one-hot; use categoricalCrossentropy, or leave that step out (line 5)',
    ],
  ],
  [
    'ten classes for a yes or no',
    { layers: [FLATTEN, SIGMOID], loss: 'binaryCrossentropy' },
    ['fit.loss: needs labels of 0 and 1, but there are 10 classes; use sparseCategoricalCrossentropy (line 5)'],
  ],
  [
    'two units for a yes or no',
    {
      layers: ['{ type: dense, units: 2, activation: sigmoid }'],
      loss: 'binaryCrossentropy',
      data: { ...ROWS, target: classes(2) },
    },
    ['model.layers[0] (dense): expected 1 unit for labels of 0 and 1, got 2 (line 3)'],
  ],
  [
    'amounts for yes or no',
    { layers: [SIGMOID], loss: 'binaryCrossentropy', data: { ...ROWS, target: values(['a', 'b']) } },
    ['fit.loss: needs labels of 0 and 1, but a, b has other values (line 4)'],
  ],
  [
    'distances between classes',
    { layers: [FLATTEN, LINEAR], loss: 'huber' },
    [
      'fit.loss: measures distances, and the numbers of 10 classes have none; use sparseCategoricalCrossentropy (line 5)',
    ],
  ],
  [
    'several columns as classes',
    { layers: [FLATTEN, SOFTMAX], data: { target: values(['a', 'b']) } },
    ['fit.loss: needs class labels, but the target is several columns (a, b); name one (line 5)'],
  ],
  [
    'units for targets',
    { layers: [LINEAR], loss: 'meanSquaredError', data: { ...ROWS, target: values(['x', 'y']) } },
    ['model.layers[0] (dense): expected 2 units for the target x, y, got 1 (line 3)'],
  ],
]

/** The whole file but its layers. */
const PARTS: [string, { fit?: string; rest?: string; data?: Partial<DataShape> }, string[]][] = [
  ['a batch of all rows', { fit: 'batchSize: 90', data: { parts: { train: 90, validation: 0, test: 0 } } }, []],
  [
    'a batch of more than all rows',
    { fit: 'batchSize: 91', data: { parts: { train: 90, validation: 0, test: 0 } } },
    ['fit.batchSize: a batch of 91 is more than the 90 rows to train on (line 4)'],
  ],
  [
    'nothing to train on',
    { rest: 'split: { validation: 5, test: 6 }', data: { rows: 10, parts: { train: -1, validation: 5, test: 6 } } },
    ['split: validation and test take 11 of 10 rows and leave none to train on (line 6)'],
  ],
  [
    'test rows twice over',
    { rest: 'split: { test: 0.1 }', data: { testFileRows: 10 } },
    ['split.test: test rows come from data.testFile already; give one of the two (line 6)'],
  ],
  [
    'rows by shares and by numbers',
    { rest: 'split:\n  validation: 0.1\n  rows: { train: a, test: b }', data: { testFileRows: 10 } },
    [
      'split.rows: test rows come from data.testFile already; give one of the two (line 8)',
      'split.rows: row numbers take the place of the shares validation and test; give one of the two (line 8)',
    ],
  ],
  [
    'a split by hash that is also one by chance',
    { rest: 'split: { by: hash, shuffle: true, stratify: true, validation: 100 }' },
    [
      'split.shuffle: what a row holds decides its part already; leave shuffle out (line 6)',
      'split.stratify: what a row holds decides its part already; leave stratify out (line 6)',
      'split.validation: by hash a part is a fraction of the rows, not a number of them (line 6)',
    ],
  ],
  [
    'a key without a hash',
    { rest: 'split: { key: a }' },
    ['split.key: a key decides by hash only; add by: hash, or leave it out (line 6)'],
  ],
  [
    'stratifying by amounts',
    { rest: 'split: { stratify: true }', fit: 'loss: meanSquaredError', data: { target: values(['y']) } },
    ['split.stratify: the target has no classes to stratify by; use shuffle instead (line 6)'],
  ],
  [
    'encoding twice',
    {
      fit: 'loss: binaryCrossentropy',
      rest: 'preprocess:\n  - { type: oneHot, columns: [sea] }\n  - { type: oneHot, columns: [sea, sea] }',
      data: { target: classes(2) },
    },
    [
      'preprocess[1]: column "sea" is one-hot encoded already (line 8)',
      'preprocess[1]: column "sea" is one-hot encoded already (line 8)',
    ],
  ],
  [
    'encoding several targets',
    { fit: 'loss: meanSquaredError', rest: 'preprocess: [{ type: oneHot }]', data: { target: values(['y']) } },
    ['preprocess[0]: a target of several columns (y) has no classes to encode (line 6)'],
  ],
  [
    'accuracy of amounts',
    { fit: 'loss: meanSquaredError, metrics: [accuracy]', data: { target: values(['y']) } },
    ['fit.metrics[0]: accuracy needs class labels, but the target holds amounts; use meanAbsoluteError (line 4)'],
  ],
  ['weights of some classes', { fit: 'classWeight: { 0: 0.5 }' }, []],
  [
    'weights of classes that are none',
    {
      fit: 'classWeight: { cats: 1, cat: 2, 1: 3, dog: 4, 2: 5 }',
      data: { target: { kind: 'classes', classes: ['cat', 'dog'], count: 2, oneHot: false } },
    },
    [
      'fit.classWeight.2: is no class; they go from 0 to 1 (line 4)',
      'fit.classWeight.cats: is no class; did you mean cat? (line 4)',
      'fit.classWeight.dog: is the same class as 1, which has a weight already (line 4)',
    ],
  ],
  [
    'weights of classes among amounts',
    { fit: 'loss: meanSquaredError, classWeight: { 0: 1 }', data: { target: values(['y']) } },
    ['fit.classWeight: the target has no classes to weigh (line 4)'],
  ],
  [
    'a metric twice',
    { fit: 'loss: meanSquaredError, metrics: [meanAbsoluteError, meanAbsoluteError]', data: { target: values(['y']) } },
    ['fit.metrics[1]: meanAbsoluteError is there twice; give one of them a name (line 4)'],
  ],
]

describe('checkExperiment', () => {
  it.each(GOOD)('lets pass: %s', (_, given) => {
    expect(check(given)).toEqual([])
  })

  it.each(BAD)('says what does not fit: %s', (_, given, problems) => {
    expect(check(given)).toEqual(problems)
  })

  it.each(PARTS)('holds the other parts against the data: %s', (_, { fit = '', rest = '', data }, problems) => {
    const text = [
      'model:',
      '  layers:',
      '    - { type: dense, units: 1, activation: sigmoid }',
      `fit: { ${fit.includes('loss') ? fit : `loss: binaryCrossentropy, ${fit}`} }`,
      'data: { source: csv, file: f, target: y }',
      rest,
    ].join('\n')
    const parsed = parseExperiment({ text, overrides: {} })
    expect(parsed.problems).toEqual([])
    if (parsed.experiment === null) return
    const shape = { ...IMAGES, featureShape: [8], target: classes(2), ...data }
    const found = checkExperiment(parsed.experiment, shape, { backend: 'wasm', positions: parsed.positions })
    expect(found.map(formatProblem)).toEqual(problems)
  })

  it('has no lines without positions', () => {
    const { experiment } = parseExperiment({
      text: 'model: {layers: [{type: flatten}]}\nfit: {loss: huber}\ndata: {source: csv, file: f, target: y}',
      overrides: {},
    })
    if (experiment === null) throw new Error('does not parse')
    expect(checkExperiment(experiment, IMAGES, { backend: 'cpu' })).toEqual([
      {
        path: 'fit.loss',
        line: null,
        column: null,
        message: 'measures distances, and the numbers of 10 classes have none; use sparseCategoricalCrossentropy',
      },
    ])
  })

  it('loads no TensorFlow.js, which the engine must not', () => {
    // What tfjs-core hangs its state on as soon as it is loaded.
    expect('_tfengine' in globalThis || '_tfGlobals' in globalThis).toBe(false)
  })
})

describe('callbacks', () => {
  const of = (callbacks: string, more = ''): string[] => {
    const text = `data: { source: csv, file: f, target: y }
model: { layers: [{ type: flatten }, { type: dense, units: 10, activation: softmax }] }
fit:
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  epochs: 2
  callbacks:
    - ${callbacks}
${more}`
    const { experiment, problems, positions } = parseExperiment({ text, overrides: {} })
    if (experiment === null) return problems.map(formatProblem)
    const parts = { train: 50_000, validation: text.includes('split') ? 10_000 : 0, test: 0 }
    return checkExperiment(experiment, { ...IMAGES, parts }, { backend: 'wasm', positions }).map(formatProblem)
  }
  const VALIDATION = 'split: { validation: 10000 }'

  it.each([
    ['{ type: earlyStopping }', VALIDATION],
    ['{ type: earlyStopping, monitor: validation/accuracy }', VALIDATION],
    ['{ type: earlyStopping, monitor: valAccuracy }', VALIDATION],
    ['{ type: reduceLROnPlateau, monitor: epoch/loss }', ''],
    ['{ type: modelCheckpoint, filepath: "{epoch:02d}-{loss:.3f}" }', ''],
    ['{ type: learningRateScheduler, schedule: { type: cosineDecay, initialLearningRate: 0.1, decaySteps: 2 } }', ''],
  ])('take %s', (callback, more) => {
    expect(of(callback, more)).toEqual([])
  })

  it.each([
    [
      '{ type: earlyStopping }',
      '',
      'fit.callbacks[0].monitor: there is no val_loss, as no rows are kept for validation; set split.validation, or watch loss (line 8)',
    ],
    [
      '{ type: earlyStopping, monitor: val_acc }',
      VALIDATION,
      'fit.callbacks[0].monitor: nothing writes val_acc; did you mean val_accuracy? (line 8)',
    ],
    [
      '{ type: reduceLROnPlateau, monitor: fun }',
      '',
      'fit.callbacks[0].monitor: nothing writes fun; there are loss, accuracy, learning_rate (line 8)',
    ],
    [
      '{ type: modelCheckpoint, filepath: "{epoch}-{val_loss}" }',
      '',
      'fit.callbacks[0].filepath: nothing writes val_loss; there are epoch, loss, accuracy, learning_rate (line 8)',
    ],
    [
      '{ type: modelCheckpoint, filepath: "{epoch:x}" }',
      '',
      'fit.callbacks[0].filepath: {epoch:x} has a format that is not known; such as {epoch:02d} and {val_loss:.2f} are (line 8)',
    ],
    [
      '{ type: modelCheckpoint, filepath: ../elsewhere }',
      '',
      'fit.callbacks[0].filepath: expected a name within the folder of the run, got "../elsewhere" (line 8)',
    ],
    [
      '{ type: warmUp, steps: 5 }',
      '  optimizer: { type: sgd, learningRate: { type: cosineDecay, initialLearningRate: 0.1, decaySteps: 9 } }',
      'fit.callbacks[0]: warmUp sets the learning rate, which follows the schedule of the optimizer; give one of the two (line 8)',
    ],
    [
      '{ type: csvLogger }',
      '  initialEpoch: 2',
      'fit.initialEpoch: begins with epoch 2 (counted from 0) of 2: nothing is left to train (line 9)',
    ],
    [
      '{ type: earlyStoping }',
      '',
      'fit.callbacks[0].type: expected one of earlyStopping, reduceLROnPlateau, modelCheckpoint, learningRateScheduler, warmUp, csvLogger, tensorBoard, terminateOnNaN, backupAndRestore, got "earlyStoping"; did you mean earlyStopping? (line 8)',
    ],
  ])('refuse %s %s', (callback, more, problem) => {
    expect(of(callback, more)).toEqual([problem])
  })
})

describe('of several outputs', () => {
  const TABLE = { featureShape: [2], featureNames: ['a', 'b'], target: values(['y', 'z']) }
  const TWO = ['{ type: dense, units: 1, name: main }', '{ type: dense, units: 1, name: aux, from: input }']

  function problems(fit: string, outputs = '[{layer: main, target: y}, {layer: aux, target: z}]'): string[] {
    const text = [
      'model:',
      `  outputs: ${outputs}`,
      '  layers:',
      ...TWO.map((layer) => `    - ${layer}`),
      `fit: ${fit}`,
      'data: { source: csv, file: f, target: [y, z] }',
    ].join('\n')
    const { experiment, problems: unparsed, positions } = parseExperiment({ text, overrides: {} })
    if (experiment === null) return unparsed.map(formatProblem)
    return checkExperiment(experiment, { ...IMAGES, ...TABLE }, { backend: 'cpu', positions }).map(formatProblem)
  }

  it('each has a loss, a weight and metrics, by name or in a list', () => {
    expect(problems('{ loss: huber }')).toEqual([])
    expect(problems('{ loss: [huber, meanAbsoluteError], lossWeights: [0.9, 0.1] }')).toEqual([])
    expect(
      problems(
        '{ loss: { main: huber, aux: huber }, lossWeights: { aux: 0.1 }, metrics: { aux: [meanAbsoluteError] } }',
      ),
    ).toEqual([])
  })

  it.each([
    [
      'a loss of none of them',
      '{ loss: { main: huber, aux: huber, other: huber } }',
      ['fit.loss.other: no output is called other; there are main, aux (line 6)'],
    ],
    ['one without a loss', '{ loss: { main: huber } }', ['fit.loss: missing; the output aux has no loss (line 6)']],
    ['too few losses', '{ loss: [huber] }', ['fit.loss: expected one for each output (main, aux), got 1 (line 6)']],
    [
      'a loss that does not fit its labels',
      '{ loss: { main: huber, aux: binaryCrossentropy } }',
      ['fit.loss.aux: needs labels of 0 and 1, but z has other values (line 6)'],
    ],
    [
      'metrics of none of them',
      '{ loss: huber, metrics: { axu: [accuracy] } }',
      ['fit.metrics.axu: no output is called axu; there are main, aux (line 6)'],
    ],
    [
      'a metric that does not fit',
      '{ loss: huber, metrics: { aux: [accuracy] } }',
      ['fit.metrics.aux[0]: accuracy needs class labels, but the target holds amounts; use meanAbsoluteError (line 6)'],
    ],
  ])('says what does not fit: %s', (_, fit, wanted) => {
    expect(problems(fit)).toEqual(wanted)
  })

  it('says of units that do not fit the target, of which output', () => {
    expect(problems('{ loss: huber }', '[main, {layer: aux, target: z}]')).toEqual([
      'model.layers[0] (dense "main"): expected 2 units for the target y, z, got 1 (line 4)',
    ])
    expect(problems('{ loss: huber }', '[{layer: main, target: w}, {layer: aux, target: z}]')[0]).toBe(
      'model.outputs[0].target: there is no target column w; there are y, z (line 2)',
    )
  })
})
