/** What a model was compiled with, as settings of `fit`: as far as Minima has it. */
import { loss as lossSchema, LOSSES } from '../../../../contract/experiment/losses.ts'
import { metric as metricSchema, METRICS } from '../../../../contract/experiment/metrics.ts'
import { optimizer as optimizerSchema } from '../../../../contract/experiment/optimizer.ts'
import { camelCase, lowerFirst } from './keras-names.ts'
import { isMapping, type Mapping } from './keras-object.ts'
import { camelKeys } from './keras-values.ts'
import { withoutDefaults } from './without-defaults.ts'

export interface CompiledSettings {
  /** Settings of `fit` as a person would write them; null: there is no loss to train by. */
  readonly fit: Mapping | null
  /** What was left out, one line each. */
  readonly notes: readonly string[]
}

const LOSS_NAMES: Readonly<Record<string, string>> = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  kld: 'klDivergence',
  kullbackLeiblerDivergence: 'klDivergence',
  kLDivergence: 'klDivergence',
  logcosh: 'logCosh',
  bce: 'binaryCrossentropy',
}
const METRIC_NAMES: Readonly<Record<string, string>> = {
  ...LOSS_NAMES,
  acc: 'accuracy',
  aUC: 'auc',
  rmse: 'rootMeanSquaredError',
}

/** @param outputs of the model by name, in order */
export function readCompiled(compiled: Mapping | null, outputs: readonly string[] = []): CompiledSettings {
  if (compiled === null) return { fit: null, notes: [] }
  const notes: string[] = []
  const loss = perOutput(compiled['loss'], (one) => lossOf(one, notes))
  if (loss === undefined) return { fit: null, notes }
  const metrics = metricsOf(compiled['metrics'], outputs, notes)
  const { loss_weights: weights } = compiled
  return {
    fit: {
      loss,
      ...(weights !== null && weights !== undefined && { lossWeights: weights }),
      optimizer: optimizerOf(compiled['optimizer'] ?? compiled['optimizer_config'], notes),
      ...(metrics !== undefined && { metrics }),
    },
    notes,
  }
}

/** One for all, or those of a list or mapping; of one alone the one. undefined: one of them is not to be had. */
function perOutput(given: unknown, read: (one: unknown) => unknown): unknown {
  const isOne = typeof given === 'string' || (isMapping(given) && 'class_name' in given)
  if (isOne) return read(given)
  if (Array.isArray(given)) {
    const each = given.map(read)
    if (each.length === 0 || each.includes(undefined)) return undefined
    return each.length === 1 ? each[0] : each
  }
  if (!isMapping(given)) return undefined
  const each = Object.entries(given).map(([name, one]): [string, unknown] => [name, read(one)])
  return each.some(([, one]) => one === undefined) ? undefined : Object.fromEntries(each)
}

/** `[name, settings]` of what is named, or written as an object. */
function named(given: unknown, names: Readonly<Record<string, string>>): [type: string, settings: Mapping] {
  const called = (name: string): string => {
    const camel = lowerFirst(camelCase(name))
    return names[name] ?? names[camel] ?? camel
  }
  if (!isMapping(given)) return [called(String(given)), {}]
  const config = isMapping(given['config']) ? given['config'] : {}
  // Keras 2 wraps functions into objects that name them.
  const { fn, name: _name, dtype: _dtype, reduction: _reduction, ...settings } = config
  const className = typeof fn === 'string' ? fn : String(given['class_name'])
  const known = Object.entries(camelKeys(settings)).filter(([, value]) => value !== null)
  return [called(className), Object.fromEntries(known)]
}

function lossOf(given: unknown, notes: string[]): unknown {
  const [type, settings] = named(given, LOSS_NAMES)
  const { axis: _axis, ...own } = settings
  if (!(LOSSES as readonly string[]).includes(type) || !lossSchema.safeParse({ type, ...own }).success) {
    notes.push(`its loss is not one of Minima's: ${JSON.stringify(given)}`)
    return undefined
  }
  return nameAlone(withoutDefaults(lossSchema, { type, ...own }, ['type']))
}

function metricsOf(given: unknown, outputs: readonly string[], notes: string[]): unknown {
  if (isMapping(given)) {
    const each = Object.entries(given).map(([name, own]) => [name, metricList([own].flat(), notes)])
    return Object.fromEntries(each) as Mapping
  }
  if (!Array.isArray(given) || given.length === 0) return undefined
  // A list for each output, in their order.
  if (outputs.length > 1 && given.length === outputs.length && given.every(Array.isArray)) {
    const each = (given as unknown[][]).map((own) => metricList(own, notes))
    const alike = each.every((own) => JSON.stringify(own) === JSON.stringify(each[0]))
    return alike ? each[0] : Object.fromEntries(outputs.map((name, index) => [name, each[index] ?? []]))
  }
  const list = metricList(given.flat(), notes)
  return list.length === 0 ? undefined : list
}

function metricList(given: readonly unknown[], notes: string[]): unknown[] {
  return given.flatMap((one) => {
    if (one === null) return []
    const isClass = isMapping(one) && one['class_name'] === 'Accuracy'
    const [type, settings] = isClass ? ['exactAccuracy', {}] : named(one, METRIC_NAMES)
    const whole = { type, ...settings }
    const metric = [whole, { type }].find((form) => metricSchema.safeParse(form).success)
    if (METRICS.includes(type as never) && metric !== undefined) {
      return [nameAlone(withoutDefaults(metricSchema, metric, ['type']))]
    }
    notes.push(`its metric is not one of Minima's: ${JSON.stringify(one)}`)
    return []
  })
}

/** `{type: adam}` is `adam`. */
function nameAlone(given: Mapping): unknown {
  return Object.keys(given).length === 1 ? given['type'] : given
}

function optimizerOf(given: unknown, notes: string[]): unknown {
  const [className, config] = isMapping(given)
    ? [String(given['class_name']), isMapping(given['config']) ? given['config'] : {}]
    : [String(given), {}]
  const type = className.toLowerCase()
  const { learning_rate: rate, ...settings } = config
  const known = Object.entries(camelKeys(settings)).filter(([, value]) => value !== null)
  const learningRate = rateOf(rate)
  const forms: Mapping[] = [
    { type, learningRate, ...rounded(Object.fromEntries(known)) },
    { type, learningRate },
    { type },
  ]
  const plain = forms.map((form) => withoutNames(form)).find((form) => optimizerSchema.safeParse(form).success)
  if (plain !== undefined) return nameAlone(withoutDefaults(optimizerSchema, plain, ['type']))
  notes.push(`its optimizer is not one of Minima's: ${className}`)
  return 'rmsprop'
}

const NOT_SETTINGS = ['name', 'decay', 'isLegacyOptimizer', 'jitCompile']

function withoutNames(form: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(form).filter(([key, value]) => !NOT_SETTINGS.includes(key) && value !== undefined),
  )
}

function rateOf(rate: unknown): unknown {
  if (!isMapping(rate)) return typeof rate === 'number' ? short(rate) : rate
  const config = isMapping(rate['config']) ? rate['config'] : {}
  const { name: _name, ...settings } = config
  return { type: lowerFirst(String(rate['class_name'])), ...camelKeys(settings) }
}

function rounded(settings: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, typeof value === 'number' ? short(value) : value]),
  )
}

/** 0.0010000000474974513, which is a float32, was written as 0.001. */
function short(value: number): number {
  return Math.fround(value) === value ? Number(value.toPrecision(7)) : value
}
