/** Loss, optimizer and metrics of an experiment as Keras's `compile` takes them. */
import type { LearningRate } from '../../../../contract/experiment/learning-rate.ts'
import type { Loss } from '../../../../contract/experiment/losses.ts'
import type { Metric } from '../../../../contract/experiment/metrics.ts'
import type { OptimizerSpec, OptimizerType } from '../../../../contract/experiment/optimizer.ts'
import { snakeCase, upperFirst } from './keras-names.ts'
import { kerasObject, pythonFloat, type KerasObject, type Mapping } from './keras-object.ts'
import { snakeKeys } from './keras-values.ts'

export interface CompiledOutput {
  readonly loss: Loss
  readonly lossWeight: number
  readonly metrics: readonly Metric[]
  readonly weightedMetrics: readonly Metric[]
}

/** null when the loss is none of Keras's. */
export function compileConfig(optimizer: OptimizerSpec, outputs: readonly CompiledOutput[]): Mapping | null {
  if (outputs.some(({ loss }) => loss.type === 'perceptron')) return null
  const one = outputs.length === 1
  /** Of several outputs a list of what is asked of each. */
  const each = <T>(of: (output: CompiledOutput) => T): unknown => (one ? outputs.map(of)[0] : outputs.map(of))
  const metrics = (of: (output: CompiledOutput) => readonly Metric[]): unknown =>
    outputs.every((output) => of(output).length === 0) ? null : each((output) => of(output).map(metricToKeras))
  return {
    optimizer: optimizerToKeras(optimizer),
    loss: each(({ loss }) => lossToKeras(loss)),
    loss_weights: one ? null : outputs.map(({ lossWeight }) => lossWeight),
    metrics: metrics((output) => output.metrics),
    weighted_metrics: metrics((output) => output.weightedMetrics),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  }
}

const OPTIMIZERS: Readonly<Record<OptimizerType, string>> = {
  sgd: 'SGD',
  rmsprop: 'RMSprop',
  adagrad: 'Adagrad',
  adadelta: 'Adadelta',
  adam: 'Adam',
  adamw: 'AdamW',
  nadam: 'Nadam',
  adamax: 'Adamax',
  ftrl: 'Ftrl',
  lion: 'Lion',
}

function optimizerToKeras({ type, learningRate, excludeFromWeightDecay: _, ...settings }: OptimizerSpec): KerasObject {
  const config = { name: type, ...withFloats(snakeKeys(settings)), learning_rate: rateToKeras(learningRate) }
  return kerasObject('keras.optimizers', OPTIMIZERS[type], config)
}

/** Settings whose kind Keras looks at. */
const FLOATS = ['momentum', 'beta']

function withFloats(settings: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      FLOATS.includes(key) && typeof value === 'number' ? pythonFloat(value) : value,
    ]),
  )
}

function rateToKeras(rate: LearningRate): number | KerasObject {
  if (typeof rate === 'number') return rate
  const { type, ...settings } = rate
  return kerasObject('keras.optimizers.schedules', upperFirst(type), snakeKeys(settings))
}

function lossToKeras({ type, ...settings }: Loss): KerasObject {
  const className = type === 'klDivergence' ? 'KLDivergence' : upperFirst(type)
  return kerasObject('keras.losses', className, snakeKeys(settings))
}

const METRICS: Partial<Record<Metric['type'], string>> = {
  exactAccuracy: 'Accuracy',
  auc: 'AUC',
  klDivergence: 'KLDivergence',
}

function metricToKeras({ type, name, ...settings }: Metric): string | KerasObject {
  if (type === 'accuracy') return 'accuracy'
  const className = METRICS[type] ?? upperFirst(type)
  const given = Object.entries(snakeKeys(settings)).filter(([, value]) => value !== null)
  return kerasObject('keras.metrics', className, {
    name: name ?? snakeCase(type),
    ...withFloats(Object.fromEntries(given)),
  })
}
