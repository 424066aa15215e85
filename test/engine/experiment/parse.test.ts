import { LOSSES } from '../../../src/contract/experiment/losses.ts'
import { LAYER_TYPES } from '../../../src/contract/experiment/layers.ts'
import { describe, expect, it } from 'vitest'
import { parseExperiment } from '../../../src/main/engine/experiment/parse.ts'
import { formatProblem } from '../../../src/main/engine/experiment/problems.ts'

const TEXT = `# a comment
name: flowers
data:
  source: csv
  file: iris.csv
  target: species
model:
  layers:
    - { type: dense, units: 3, activation: softmax }
fit:
  loss: sparseCategoricalCrossentropy
  optimizer: sgd
  metrics: [accuracy]
  batchSize: 32
`

function problemsOf(text: string, overrides: Record<string, unknown> = {}): string[] {
  return parseExperiment({ text, overrides }).problems.map(formatProblem)
}

/** The text with `from` replaced. */
function edited(from: string, to: string): string {
  expect(TEXT).toContain(from)
  return TEXT.replace(from, to)
}

const LOSS_NAMES = LOSSES.join(', ')
const LAYERS = LAYER_TYPES.join(', ')
const OPTIMIZERS = 'sgd, rmsprop, adagrad, adadelta, adam, adamw, nadam, adamax, ftrl, lion'
const SCHEDULES =
  'exponentialDecay, inverseTimeDecay, piecewiseConstantDecay, polynomialDecay, cosineDecay, cosineDecayRestarts'
const DENSE = '{ type: dense, units: 3, activation: softmax }'

/** [what is wrong, text, problems] */
const BAD: [string, string, string[]][] = [
  ['a number out of range', edited('32', '0'), ['fit.batchSize: expected a positive integer, got 0 (line 14)']],
  ['a fraction', edited('32', '2.5'), ['fit.batchSize: expected a positive integer, got 2.5 (line 14)']],
  ['a number as text', edited('32', '"32"'), ['fit.batchSize: expected a positive integer, got "32" (line 14)']],
  ['an empty value', edited(' 32', ''), ['fit.batchSize: expected a positive integer, got nothing (line 14)']],
  [
    'a misspelt key',
    edited('batchSize', 'batchsize'),
    ['fit.batchsize: unknown key; did you mean batchSize? (line 14)'],
  ],
  [
    "Keras's key",
    edited('batchSize', 'batch_size'),
    ['fit.batch_size: unknown key; did you mean batchSize? (line 14)'],
  ],
  [
    'a key of elsewhere',
    edited('batchSize: 32', 'validation_split: 0.1'),
    ['fit.validation_split: unknown key; did you mean split.validation? (line 14)'],
  ],
  [
    'a key of nowhere',
    edited('units: 3', 'units: 3, weight: 1'),
    [
      'model.layers[0].weight: unknown key; known here: type, units, activation, activityRegularizer, kernelInitializer, kernelRegularizer, kernelConstraint, useBias, biasInitializer, biasRegularizer, biasConstraint, name, from, trainable (line 9)',
    ],
  ],
  [
    'several unknown keys',
    `${TEXT}Backend: cpu\nlogs: {}\n`,
    ['Backend: unknown key; did you mean backend? (line 15)', 'logs: unknown key; did you mean log? (line 16)'],
  ],
  [
    "Keras's loss",
    edited('sparseCategorical', 'sparse_categorical_'),
    [
      `fit.loss: expected one of ${LOSS_NAMES}, got "sparse_categorical_Crossentropy"; did you mean sparseCategoricalCrossentropy? (line 11)`,
    ],
  ],
  [
    'a short name',
    edited('sparseCategoricalCrossentropy', 'mse'),
    [`fit.loss: expected one of ${LOSS_NAMES}, got "mse"; did you mean meanSquaredError? (line 11)`],
  ],
  [
    'an unknown metric',
    edited('[accuracy]', '[accuracy, foo]'),
    [
      expect.stringMatching(
        /^fit\.metrics\[1\]: expected one of accuracy, .*, categoricalHinge, got "foo" \(line 13\)$/,
      ),
    ],
  ],
  [
    'no list',
    edited('[accuracy]', 'accuracy'),
    [
      'fit.metrics: expected a list of metrics, for every output, or a mapping of lists by output, got "accuracy" (line 13)',
    ],
  ],
  [
    'an unknown layer',
    edited('dense', 'dens'),
    [`model.layers[0].type: expected one of ${LAYERS}, got "dens"; did you mean dense? (line 9)`],
  ],
  [
    "Keras's layer",
    edited('type: dense', 'type: Conv2D'),
    [`model.layers[0].type: expected one of ${LAYERS}, got "Conv2D"; did you mean conv2d? (line 9)`],
  ],
  [
    'a layer without type',
    edited('type: dense, ', ''),
    [`model.layers[0].type: missing; expected one of ${LAYERS} (line 9)`],
  ],
  [
    'a layer that is a name',
    edited(DENSE, 'flatten'),
    [
      `model.layers[0]: expected a layer with a type of ${LAYERS}, got "flatten"; did you mean {type: flatten}? (line 9)`,
    ],
  ],
  [
    'no layers',
    edited(`layers:\n    - ${DENSE}`, 'layers: []'),
    ['model.layers: expected at least one layer, got an empty list (line 8)'],
  ],
  [
    'layers that are no list',
    edited(`- ${DENSE}`, 'type: dense'),
    ['model.layers: expected a list, got a mapping (line 8)'],
  ],
  [
    'a missing setting',
    edited('  loss: sparseCategoricalCrossentropy\n', ''),
    [`fit.loss: missing; expected one of ${LOSS_NAMES}, or one with its settings (line 10)`],
  ],
  ['a missing part', TEXT.slice(0, TEXT.indexOf('fit:')), ['fit: missing; expected a mapping']],
  ['an empty part', `${TEXT.slice(0, TEXT.indexOf('fit:'))}fit:\n`, ['fit: expected a mapping, got nothing (line 10)']],
  [
    'an unknown optimizer',
    edited('optimizer: sgd', 'optimizer: adm'),
    [`fit.optimizer: expected one of ${OPTIMIZERS}, got "adm"; did you mean adam? (line 12)`],
  ],
  [
    'an unknown type of optimizer',
    edited('optimizer: sgd', 'optimizer: { type: adm }'),
    [`fit.optimizer.type: expected one of ${OPTIMIZERS}, got "adm"; did you mean adam? (line 12)`],
  ],
  [
    'an optimizer without type',
    edited('optimizer: sgd', 'optimizer: { learningRate: 1 }'),
    [`fit.optimizer.type: missing; expected one of ${OPTIMIZERS} (line 12)`],
  ],
  [
    'no optimizer at all',
    edited('optimizer: sgd', 'optimizer: 3'),
    ['fit.optimizer: expected the name of an optimizer, or one with its settings, got 3 (line 12)'],
  ],
  [
    'a setting of an optimizer',
    edited('optimizer: sgd', 'optimizer:\n    type: sgd\n    learningRate: -3'),
    ['fit.optimizer.learningRate: expected a positive number, got -3 (line 14)'],
  ],
  [
    'a short key',
    edited('optimizer: sgd', 'optimizer: { type: adam, lr: 1 }'),
    ['fit.optimizer.lr: unknown key; did you mean learningRate? (line 12)'],
  ],
  [
    'two ways of clipping',
    edited('optimizer: sgd', 'optimizer:\n    type: adam\n    clipvalue: 0.5\n    clipnorm: 1'),
    [
      'fit.optimizer.clipvalue: expected one of clipnorm, globalClipnorm, clipvalue at most, and clipnorm is there already, got 0.5 (line 14)',
    ],
  ],
  [
    'accumulation of one',
    edited('optimizer: sgd', 'optimizer: { type: sgd, gradientAccumulationSteps: 1 }'),
    ['fit.optimizer.gradientAccumulationSteps: expected an integer of 2 or more, got 1 (line 12)'],
  ],
  [
    'a learning rate in words',
    edited('optimizer: sgd', 'optimizer: { type: sgd, learningRate: fast }'),
    ['fit.optimizer.learningRate: expected a positive number, or a schedule with its type, got "fast" (line 12)'],
  ],
  [
    "Keras's schedule",
    edited('optimizer: sgd', 'optimizer:\n    type: sgd\n    learningRate:\n      type: CosineDecay'),
    [
      `fit.optimizer.learningRate.type: expected one of ${SCHEDULES}, got "CosineDecay"; did you mean cosineDecay? (line 15)`,
    ],
  ],
  [
    'half a schedule',
    edited(
      'optimizer: sgd',
      'optimizer:\n    type: sgd\n    learningRate:\n      type: exponentialDecay\n      decayRates: 2\n      initialLearningRate: 1\n      decaySteps: 0',
    ),
    [
      'fit.optimizer.learningRate.decayRate: missing; expected a positive number (line 14)',
      'fit.optimizer.learningRate.decayRates: unknown key; did you mean decayRate? (line 16)',
      'fit.optimizer.learningRate.decaySteps: expected a positive number, got 0 (line 18)',
    ],
  ],
  [
    'a rate too few',
    edited(
      'optimizer: sgd',
      'optimizer:\n    type: sgd\n    learningRate:\n      type: piecewiseConstantDecay\n      boundaries: [5, 9]\n      values: [0.1, 0.01]',
    ),
    [
      'fit.optimizer.learningRate.values: expected 3 rates, one more than there are boundaries, got a list of 2 (line 17)',
    ],
  ],
  [
    'boundaries that go back',
    edited(
      'optimizer: sgd',
      'optimizer:\n    type: sgd\n    learningRate: { type: piecewiseConstantDecay, boundaries: [9, 5], values: [1, 2, 3] }',
    ),
    [
      'fit.optimizer.learningRate.boundaries: expected at least one number of batches, each greater than the one before, got a list of 2 (line 14)',
    ],
  ],
  [
    'a class that counts less than nothing',
    edited('batchSize: 32', 'classWeight: { setosa: -1 }'),
    ['fit.classWeight.setosa: expected a number of 0 or more, got -1 (line 14)'],
  ],
  [
    'a window of three',
    edited('dense, units: 3', 'conv2d, filters: 3, kernelSize: [1, 2, 3]'),
    ['model.layers[0].kernelSize: expected 2 entries, got a list of 3 (line 9)'],
  ],
  [
    'a window of nothing',
    edited('dense, units: 3', 'conv2d, filters: 3, kernelSize: [0, 2]'),
    ['model.layers[0].kernelSize[0]: expected a positive integer, got 0 (line 9)'],
  ],
  [
    'a window of text',
    edited('dense, units: 3', 'conv2d, filters: 3, kernelSize: big'),
    ['model.layers[0].kernelSize: expected a positive integer, or a list of 2 of them, got "big" (line 9)'],
  ],
  [
    'an unknown source',
    edited('source: csv', 'source: cvs'),
    [
      'data.source: expected one of idx, npy, npz, csv, jsonl, parquet, images, sprite, inline, got "cvs"; did you mean csv? (line 4)',
    ],
  ],
  [
    'a missing source',
    edited('  source: csv\n', ''),
    ['data.source: missing; expected one of idx, npy, npz, csv, jsonl, parquet, images, sprite, inline (line 3)'],
  ],
  [
    'a long delimiter',
    edited('target:', 'delimiter: ";;"\n  target:'),
    ['data.delimiter: expected one character, got ";;" (line 6)'],
  ],
  [
    'a share above 1',
    `${TEXT}split: { validation: 1.5 }\n`,
    ['split.validation: expected a fraction in [0, 1), or a number of rows, got 1.5 (line 15)'],
  ],
  [
    'steps of preprocessing',
    `${TEXT}preprocess:\n  - { type: scale }\n  - { type: minMax, to: [0] }\n  - standardize\n`,
    [
      'preprocess[0].divideBy: missing; expected a positive number (line 16)',
      'preprocess[1].to: expected at least 2 entries, got a list of 1 (line 17)',
      'preprocess[2]: expected a step with a type of scale, minMax, standardize or oneHot, got "standardize"; did you mean {type: standardize}? (line 18)',
    ],
  ],
  ['a key twice', `${TEXT}  loss: huber\n`, ['fit.loss: this key is given twice; it is on line 11 already (line 15)']],
  [
    'a file that is no YAML',
    edited('model:', 'model: ['),
    ['this is not YAML: Block collections are not allowed within flow collections (line 9)'],
  ],
  ['a tab', edited('  loss', '\tloss'), ['this is not YAML: Tabs are not allowed as indentation (line 11)']],
  ['an empty file', '', ['the file is empty; an experiment has data, a model and a fit']],
  ['comments alone', '# nothing\n', ['the file is empty; an experiment has data, a model and a fit']],
  ['a list', '[1]', ['expected a mapping with data, model and fit']],
  ['text', 'hello', ['expected a mapping with data, model and fit']],
  ['JSON cut off', '{"name": "x", ', ['this is not YAML: Flow map must end with a } (line 1)']],
  [
    'aliases that multiply',
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n',
    ['Excessive alias count indicates a resource exhaustion attack'],
  ],
]

describe('parseExperiment', () => {
  it('takes YAML and JSON alike, with aliases', () => {
    const { experiment, problems } = parseExperiment({ text: TEXT, overrides: {} })
    expect(problems).toEqual([])
    expect(experiment).toMatchObject({ name: 'flowers', fit: { batchSize: 32, optimizer: { learningRate: 0.01 } } })
    const json = JSON.stringify({ ...experiment, description: 'as JSON' })
    expect(parseExperiment({ text: json, overrides: {} })).toMatchObject({
      experiment: { ...experiment, description: 'as JSON' },
    })
    const twice = edited(`- ${DENSE}`, `- &layer ${DENSE}\n    - *layer`)
    expect(parseExperiment({ text: twice, overrides: {} }).experiment?.model.layers).toHaveLength(2)
  })

  it.each(BAD)('says what is wrong and where: %s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  it('gives columns', () => {
    const [problem] = parseExperiment({ text: edited('32', '0'), overrides: {} }).problems
    expect(problem).toEqual({
      path: 'fit.batchSize',
      line: 14,
      column: 14,
      message: 'expected a positive integer, got 0',
    })
  })

  it('finds settings, and parents of those that are not there', () => {
    const { positions } = parseExperiment({ text: TEXT, overrides: { 'fit.batchSize': 16 } })
    const at = (...path: (string | number)[]): unknown => positions.of(path)
    expect([
      at('data', 'target'),
      at('model', 'layers', 0),
      at('model', 'layers', 0, 'units'),
      at('model', 'layers', 0, 'useBias'),
      at('fit', 'epochs'),
      at('fit', 'batchSize'),
      at('split'),
    ]).toEqual([
      { line: 6, column: 11 },
      { line: 9, column: 7 },
      { line: 9, column: 29 },
      { line: 9, column: 7 },
      { line: 10, column: 1 },
      null,
      null,
    ])
  })
})

describe('overrides', () => {
  it('take the place of what the file says, and make what is missing', () => {
    const overrides = {
      'fit.epochs': 5,
      'model.layers.0.units': 7,
      'model.layers[1]': { type: 'dropout', rate: 0.5 },
      'fit.optimizer.learningRate': 0.5,
      'split.validation': 0.1,
      'data.target': 'kind',
    }
    expect(parseExperiment({ text: TEXT, overrides })).toMatchObject({
      problems: [],
      experiment: {
        data: { target: 'kind' },
        split: { validation: 0.1 },
        model: { layers: [{ units: 7 }, { type: 'dropout', rate: 0.5 }] },
        fit: { epochs: 5, optimizer: { type: 'sgd', learningRate: 0.5 } },
      },
    })
  })

  it.each([
    ['fit.epochs', -1, 'fit.epochs: expected an integer of 0 or more, got -1'],
    ['fit.epoch', 5, 'fit.epoch: unknown key; did you mean epochs?'],
    ['fits.epochs', 5, 'fits: unknown key; did you mean fit?'],
    ['model.layers.4.units', 7, 'model.layers.4.units: cannot be set: model.layers has 1 entry; 4 is beyond its end'],
    ['model.layers.x', 7, 'model.layers.x: cannot be set: model.layers is a list; "x" is no place in it'],
    ['fit.batchSize.x', 3, 'fit.batchSize.x: cannot be set: fit.batchSize is neither a mapping nor a list'],
    ['', 3, 'cannot be set: it names no setting'],
    ['__proto__.x', 3, '__proto__.x: cannot be set: it names no setting'],
    [
      'constructor.x',
      3,
      'constructor: unknown key; known here: $schema, name, description, hparams, data, preprocess, split, model, fit, log, backend',
    ],
  ])('are checked as the file is: %s = %j', (path, value, problem) => {
    expect(problemsOf(TEXT, { [path]: value })).toEqual([problem])
  })
})
