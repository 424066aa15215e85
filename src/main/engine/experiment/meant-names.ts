/** Names that people bring along from Keras and elsewhere, and what they are called here. */
import { closestName, sameName } from '../data/closest-name.ts'

/** Values of settings. */
const VALUES: Readonly<Record<string, string>> = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  rmse: 'rootMeanSquaredError',
  acc: 'accuracy',
  crossentropy: 'sparseCategoricalCrossentropy',
  momentum: 'sgd',
  normalize: 'standardize',
  normalization: 'standardize',
  rescaling: 'scale',
  linear: 'dense',
  batchNorm: 'batchNormalization',
  layerNorm: 'layerNormalization',
  maxPool2d: 'maxPooling2d',
  avgPool2d: 'averagePooling2d',
  conv: 'conv2d',
  rnn: 'simpleRNN',
  mnist: 'idx',
  tensorflow: 'tensorflow',
  gpu: 'tensorflow',
  tf: 'tensorflow',
}

const KEYS: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  batch: 'batchSize',
  epoch: 'epochs',
  neurons: 'units',
  initializer: 'kernelInitializer',
  regularizer: 'kernelRegularizer',
  label: 'target',
  path: 'file',
  separator: 'delimiter',
  factor: 'divideBy',
}

/** Keys that belong elsewhere in the file. */
const PLACES: Readonly<Record<string, string>> = {
  validationSplit: 'split.validation',
  learningRate: 'fit.optimizer.learningRate',
  loss: 'fit.loss',
  optimizer: 'fit.optimizer',
  metrics: 'fit.metrics',
  epochs: 'fit.epochs',
  batchSize: 'fit.batchSize',
  seed: 'fit.seed',
  layers: 'model.layers',
  source: 'data.source',
  target: 'data.target',
  classes: 'data.classes',
}

function aliasOf(given: string, aliases: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(aliases).find(([alias]) => sameName(alias, given))?.[1]
}

export function meantValue(given: string, known: readonly string[]): string | null {
  const alias = aliasOf(given, VALUES)
  return alias !== undefined && known.includes(alias) ? alias : closestName(given, known)
}

/** `val_acc` → `val_accuracy` */
export function meantFigure(given: string, known: readonly string[]): string | null {
  const [, prefix = '', name = ''] = /^(val_?)?(.*)$/.exec(given) ?? []
  const alias = aliasOf(name, VALUES)
  return meantValue(alias === undefined ? given : `${prefix && 'val_'}${alias}`, known)
}

export function meantKey(given: string, known: readonly string[]): string | null {
  const alias = aliasOf(given, KEYS)
  if (alias !== undefined && known.includes(alias)) return alias
  const closest = closestName(given, known)
  if (closest !== null && sameName(closest, given)) return closest
  return aliasOf(given, PLACES) ?? closest
}
