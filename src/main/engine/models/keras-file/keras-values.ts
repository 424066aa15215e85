/** Activations, initializers, regularizers and constraints, in Minima's words and in Keras's. */
import {
  activation as activationSchema,
  activationName,
  activationSettings,
  ACTIVATIONS,
  type Activation,
  type ActivationName,
} from '../../../../contract/experiment/activation.ts'
import type { Constraint, Initializer, Regularizer } from '../../../../contract/experiment/layers/weights.ts'
import { camelCase, lowerFirst, snakeCase, upperFirst } from './keras-names.ts'
import { isMapping, kerasObject, type KerasObject, type Mapping, type TellFault } from './keras-object.ts'

/** Activations with settings, which in Keras are layers. */
const ACTIVATION_LAYERS: Partial<Record<ActivationName, string>> = {
  relu: 'ReLU',
  leakyRelu: 'LeakyReLU',
  elu: 'ELU',
}
const ONLY_HERE: readonly ActivationName[] = ['heaviside', 'sign']

export function activationToKeras(given: Activation, fault: TellFault): string | KerasObject {
  const name = activationName(given)
  if (ONLY_HERE.includes(name)) fault(`Keras has no activation ${name}`)
  const settings = typeof given === 'string' ? null : activationSettings(given)
  if (settings === null || JSON.stringify(settings) === JSON.stringify(defaultsOf(name))) return snakeCase(name)
  const { type, ...own } = settings
  const className = ACTIVATION_LAYERS[type]
  if (className !== undefined) return kerasObject('keras.layers', className, snakeKeys(own))
  fault(`Keras cannot say the settings of the activation ${type}`)
  return snakeCase(name)
}

function defaultsOf(name: ActivationName): unknown {
  return name === 'threshold' ? null : activationSettings(name)
}

/** @returns for the contract to parse */
export function activationFromKeras(given: unknown, fault: TellFault): unknown {
  if (given === null || given === undefined) return 'linear'
  if (typeof given === 'string') return activationCalled(given, fault)
  if (isMapping(given)) {
    const { class_name: className, config } = given
    if (className === 'function' && typeof config === 'string') return activationCalled(config, fault)
    const type = Object.entries(ACTIVATION_LAYERS).find(([, name]) => name === className)?.[0]
    if (type !== undefined && isMapping(config)) return activationLayer(type, config, fault)
    if (typeof className === 'string') return activationCalled(lowerFirst(className), fault)
  }
  fault(`the activation ${JSON.stringify(given)} is none of Keras's own`)
  return 'linear'
}

function activationCalled(name: string, fault: TellFault): unknown {
  const called = { hard_swish: 'hardSilu', hard_silu: 'hardSilu' }[name] ?? camelCase(name)
  if ((ACTIVATIONS as readonly string[]).includes(called) && called !== 'threshold') return called
  fault(`Minima has no activation ${name}`)
  return 'linear'
}

function activationLayer(type: string, config: Mapping, fault: TellFault): unknown {
  const { alpha, negative_slope: slope = type === 'elu' ? undefined : alpha, ...rest } = config
  const own = { ...rest, ...(slope !== undefined && { negative_slope: slope }), ...(type === 'elu' && { alpha }) }
  const known = { relu: ['negative_slope', 'max_value', 'threshold'], leakyRelu: ['negative_slope'], elu: ['alpha'] }
  const keys = known[type as keyof typeof known]
  const settings = Object.entries(own).filter(([key]) => keys.includes(key))
  const parsed = activationSchema.safeParse({ type, ...camelKeys(Object.fromEntries(settings)) })
  if (parsed.success) return parsed.data
  fault(`the activation ${type} has settings that Minima does not take`)
  return 'linear'
}

export function snakeKeys(settings: Mapping): Mapping {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [snakeCase(key), value]))
}

export function camelKeys(settings: Mapping): Mapping {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [camelCase(key), value]))
}

export function initializerToKeras(given: Initializer): KerasObject {
  const { type, ...settings } = typeof given === 'string' ? { type: given } : given
  const spoken = Object.entries(settings).map(([key, value]) => [
    key,
    typeof value === 'string' ? snakeCase(value) : value,
  ])
  const className = upperFirst(type).replace('LeCun', 'Lecun')
  return kerasObject('keras.initializers', className, Object.fromEntries(spoken) as Mapping)
}

/** Keras's names of old. */
const OLD_INITIALIZERS: Readonly<Record<string, string>> = {
  uniform: 'randomUniform',
  normal: 'randomNormal',
  zero: 'zeros',
  one: 'ones',
}

/** @returns for the contract to parse */
export function initializerFromKeras(given: unknown, fault: TellFault): unknown {
  if (typeof given === 'string') return initializerType(given)
  const className = isMapping(given) ? given['class_name'] : undefined
  if (!isMapping(given) || typeof className !== 'string') {
    fault(`the initializer ${JSON.stringify(given)} is none of Keras's own`)
    return 'zeros'
  }
  const type = initializerType(className)
  const ignored = ['seed', 'dtype', 'input_axes', 'output_axes', 'name']
  const config = isMapping(given['config']) ? given['config'] : {}
  const settings = Object.entries(config).filter(([key]) => !ignored.includes(key))
  // All that are named alone are a variance scaling with settings of their own.
  if (settings.length === 0 || /^(glorot|he|lecun)/.test(type)) return type
  const distribution = (value: unknown): unknown => (value === 'normal' ? 'truncatedNormal' : value)
  const spoken = settings.map(([key, value]) => {
    const said = typeof value === 'string' ? camelCase(value) : value
    return [camelCase(key), key === 'distribution' ? distribution(said) : said]
  })
  return { type, ...(Object.fromEntries(spoken) as Mapping) }
}

/** `GlorotUniform` and `glorot_uniform` → `glorotUniform` */
function initializerType(name: string): string {
  const called = lowerFirst(camelCase(name)).replace('leCun', 'lecun').replace(/V2$/, '')
  return OLD_INITIALIZERS[called] ?? (called === 'identityInitializer' ? 'identity' : called)
}

export function regularizerToKeras(given: Regularizer): KerasObject {
  const of = (className: string, config: Mapping): KerasObject => kerasObject('keras.regularizers', className, config)
  if (typeof given === 'string') {
    if (given === 'l1l2') return of('L1L2', {})
    return given === 'orthogonal' ? of('OrthogonalRegularizer', {}) : of(upperFirst(given), { [given]: 0.01 })
  }
  if (!('type' in given)) return of('L1L2', given)
  const { type, ...settings } = given
  return of({ l1: 'L1', l2: 'L2', l1l2: 'L1L2', orthogonal: 'OrthogonalRegularizer' }[type], settings)
}

/** @returns for the contract to parse */
export function regularizerFromKeras(given: unknown, fault: TellFault): unknown {
  const [className, config] = classAndConfig(given)
  const { l1 = 0, l2 = 0 } = config
  switch (className.toLowerCase().replaceAll('_', '')) {
    case 'l1':
      return typeof given === 'string' ? 'l1' : { type: 'l1', l1: config['l1'] }
    case 'l2':
      return typeof given === 'string' ? 'l2' : { type: 'l2', l2: config['l2'] }
    case 'l1l2':
      return typeof given === 'string' ? 'l1l2' : { l1, l2 }
    case 'orthogonalregularizer':
    case 'orthogonal':
      return { type: 'orthogonal', ...config }
    default:
      fault(`Minima has no regularizer ${className}`)
      return undefined
  }
}

export function constraintToKeras(given: Constraint): KerasObject {
  const { type, ...settings } = typeof given === 'string' ? { type: given } : given
  return kerasObject('keras.constraints', upperFirst(type), snakeKeys(settings))
}

/** @returns for the contract to parse */
export function constraintFromKeras(given: unknown, fault: TellFault): unknown {
  const [className, config] = classAndConfig(given)
  const type = lowerFirst(camelCase(className)).replace('nonNegative', 'nonNeg')
  if (['maxNorm', 'nonNeg', 'unitNorm', 'minMaxNorm'].includes(type)) {
    return typeof given === 'string' ? type : { type, ...camelKeys(config) }
  }
  fault(`Minima has no constraint ${className}`)
  return undefined
}

function classAndConfig(given: unknown): [className: string, config: Mapping] {
  if (!isMapping(given)) return [String(given), {}]
  return [String(given['class_name']), isMapping(given['config']) ? given['config'] : {}]
}
