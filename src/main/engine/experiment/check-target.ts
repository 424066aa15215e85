/** Holds each output of the model, its loss and its metrics against the labels. */
import { activationName } from '../../../contract/experiment/activation.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { LossType } from '../../../contract/experiment/losses.ts'
import { metricName, type Metric, type MetricType } from '../../../contract/experiment/metrics.ts'
import type { Target } from '../data/dataset.ts'
import { classWeightFaults } from '../data/class-weights.ts'
import { showShape } from '../models/layer-kind.ts'
import { outputsOfGraph, resolveOutputs, type ModelOutput } from '../models/model-outputs.ts'
import type { CheckedLayers, OutputShape } from './check-layers.ts'
import { layerLabel } from './check-layers.ts'
import type { Report } from './problems.ts'

export function checkOutputs(experiment: Experiment, target: Target, layers: CheckedLayers, report: Report): void {
  const { outputs, faults } = resolveOutputs(experiment, outputsOfGraph(layers.graph), target)
  for (const { at, message } of faults) report(at, message)
  checkClassWeight(experiment, target, report)
  for (const [index, output] of outputs.entries()) {
    const shape = layers.outputs[index]
    if (shape) checkOutput(experiment, output, shape, report)
  }
}

function checkOutput(experiment: Experiment, output: ModelOutput, shape: OutputShape, report: Report): void {
  const unfit = lossFault(output.loss.type, output.target)
  if (unfit !== null) report(output.at.loss, unfit)
  checkMetrics(output, report)
  if (unfit !== null) return
  checkUnits(experiment, output, shape, report)
  checkActivation(experiment, output, shape, report)
}

/** Why this loss cannot be had with these labels. */
function lossFault(loss: LossType, target: Target): string | null {
  if (target.kind === 'values') return lossOfValues(loss, target.names, target.zeroOne)
  const { count, oneHot } = target
  switch (loss) {
    case 'sparseCategoricalCrossentropy':
      return oneHot
        ? 'needs class numbers, but preprocess makes the labels one-hot; use categoricalCrossentropy, or leave that step out'
        : null
    case 'categoricalCrossentropy':
    case 'categoricalFocalCrossentropy':
    case 'categoricalHinge':
      return oneHot
        ? null
        : 'needs one-hot labels; use sparseCategoricalCrossentropy, or add {type: oneHot} to preprocess'
    case 'binaryCrossentropy':
    case 'binaryFocalCrossentropy':
      return oneHot || count === 2
        ? null
        : `needs labels of 0 and 1, but there are ${count} classes; use sparseCategoricalCrossentropy`
    default:
      return oneHot || count === 2
        ? null
        : `measures distances, and the numbers of ${count} classes have none; use sparseCategoricalCrossentropy`
  }
}

function lossOfValues(loss: LossType, names: readonly string[], zeroOne: boolean): string | null {
  switch (loss) {
    case 'sparseCategoricalCrossentropy':
    case 'categoricalCrossentropy':
    case 'categoricalFocalCrossentropy':
    case 'categoricalHinge':
      return `needs class labels, but the target is several columns (${names.join(', ')}); name one`
    case 'binaryCrossentropy':
    case 'binaryFocalCrossentropy':
      return zeroOne ? null : `needs labels of 0 and 1, but ${names.join(', ')} has other values`
    default:
      return null
  }
}

function checkUnits(
  { model: { layers } }: Experiment,
  { loss, target, node }: ModelOutput,
  { shape, unitsFrom }: OutputShape,
  report: Report,
): void {
  const [units, ...deeper] = shape
  if (deeper.length > 0) {
    report(
      ['model', 'layers', node],
      `expected one list of numbers per row at the end of the model, got ${showShape(shape)}; ` +
        'put {type: flatten} before the last dense layer, or a layer that sums up the others',
      layerLabel(layers, node),
    )
    return
  }
  const wanted = wantedUnits(loss.type, target)
  if (units === wanted.units) return
  report(
    ['model', 'layers', unitsFrom, 'units'],
    `expected ${wanted.units} ${wanted.units === 1 ? 'unit' : 'units'} for ${wanted.reason}, got ${units}`,
    layerLabel(layers, unitsFrom),
  )
}

function wantedUnits(loss: LossType, target: Target): { units: number; reason: string } {
  if (target.kind === 'values') {
    const { length } = target.names
    return { units: length, reason: `the target ${target.names.join(', ')}` }
  }
  if (target.oneHot || loss === 'sparseCategoricalCrossentropy') {
    return { units: target.count, reason: `${target.count} classes` }
  }
  return { units: 1, reason: 'labels of 0 and 1' }
}

const ACTIVATIONS: Partial<Record<LossType, readonly string[]>> = {
  binaryCrossentropy: ['sigmoid', 'hardSigmoid'],
  binaryFocalCrossentropy: ['sigmoid', 'hardSigmoid'],
  categoricalCrossentropy: ['softmax'],
  categoricalFocalCrossentropy: ['softmax'],
  sparseCategoricalCrossentropy: ['softmax'],
  perceptron: ['heaviside'],
}

function checkActivation(
  { model: { layers } }: Experiment,
  { loss }: ModelOutput,
  { activation, activationFrom, shape }: OutputShape,
  report: Report,
): void {
  const name = activationName(activation)
  const fromLogits = 'fromLogits' in loss && loss.fromLogits
  const wanted = fromLogits ? ['linear'] : ACTIVATIONS[loss.type]
  const says = (message: string): void => {
    report(['model', 'layers', activationFrom, 'activation'], message, layerLabel(layers, activationFrom))
  }
  if (wanted && !wanted.includes(name)) {
    const from = fromLogits ? `${loss.type} from logits` : loss.type
    says(`expected the activation ${wanted[0]} for ${from}, got ${name}`)
  } else if (name === 'softmax' && shape.at(-1) === 1) {
    says('softmax over 1 unit always gives 1; use sigmoid')
  }
}

/** Metrics of classes: they need labels that are classes, or numbers of 0 and 1. */
const OF_CLASSES: ReadonlySet<MetricType> = new Set([
  'accuracy',
  'binaryAccuracy',
  'categoricalAccuracy',
  'sparseCategoricalAccuracy',
  'topKCategoricalAccuracy',
  'sparseTopKCategoricalAccuracy',
  'precision',
  'recall',
  'truePositives',
  'falsePositives',
  'trueNegatives',
  'falseNegatives',
  'auc',
  'sensitivityAtSpecificity',
  'specificityAtSensitivity',
  'precisionAtRecall',
  'recallAtPrecision',
  'f1Score',
  'fBetaScore',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
] as const)

/** Metrics of classes that take labels as class numbers as they are, or make rows of 0 and 1 of them. */
const OF_CLASS_NUMBERS: ReadonlySet<MetricType> = new Set(
  [...OF_CLASSES].filter(
    (type) =>
      ![
        'binaryAccuracy',
        'categoricalAccuracy',
        'topKCategoricalAccuracy',
        'binaryCrossentropy',
        'categoricalCrossentropy',
      ].includes(type),
  ),
)

const SPARSE: ReadonlySet<MetricType> = new Set([
  'sparseCategoricalAccuracy',
  'sparseTopKCategoricalAccuracy',
  'sparseCategoricalCrossentropy',
] as const)

function checkMetrics(
  { metrics, weightedMetrics, loss, target, at: { metrics: list } }: ModelOutput,
  report: Report,
): void {
  const labelled = target.kind === 'classes' || target.zeroOne
  const sparse = loss.type === 'sparseCategoricalCrossentropy'
  for (const [index, metric] of metrics.entries()) {
    const at = [...list, index]
    const twice = metrics.findIndex((other) => metricName(other) === metricName(metric)) < index
    if (twice) report(at, `${metricName(metric)} is there twice; give one of them a name`)
    const fault = metricFault(metric, labelled, sparse)
    if (fault !== null) report(at, fault)
  }
  for (const metric of weightedMetrics) {
    const fault = metricFault(metric, labelled, sparse)
    if (fault !== null) report(['fit', 'weightedMetrics'], fault)
  }
}

function metricFault({ type }: Metric, labelled: boolean, sparse: boolean): string | null {
  if (OF_CLASSES.has(type) && !labelled) {
    return `${type} needs class labels, but the target holds amounts; use meanAbsoluteError`
  }
  if (sparse && !OF_CLASS_NUMBERS.has(type)) {
    return `${type} cannot compare class numbers with the outputs of softmax; use accuracy`
  }
  if (!sparse && SPARSE.has(type)) return `${type} needs class numbers for labels; use ${unsparse(type)}`
  return null
}

function unsparse(type: MetricType): string {
  const name = type.replace(/^sparse/, '')
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function checkClassWeight({ fit: { classWeight } }: Experiment, target: Target, report: Report): void {
  if (classWeight === undefined) return
  if (target.kind === 'values') {
    report(['fit', 'classWeight'], 'the target has no classes to weigh')
    return
  }
  for (const { key, fault } of classWeightFaults(classWeight, target)) report(['fit', 'classWeight', key], fault)
}
