/** A layer of the experiment file as an object of Keras's, and back. */
import { layer as layerSchema, type LayerSpec } from '../../../../contract/experiment/layers.ts'
import type { Shape } from '../layer-kind.ts'
import { axisWithin } from '../layers/rectifiers.ts'
import { camelCase, classOfType, snakeCase, typeOfClass } from './keras-names.ts'
import { FLOAT32, isMapping, kerasObject, type KerasObject, type Mapping, type TellFault } from './keras-object.ts'
import {
  activationFromKeras,
  activationToKeras,
  constraintFromKeras,
  constraintToKeras,
  initializerFromKeras,
  initializerToKeras,
  regularizerFromKeras,
  regularizerToKeras,
} from './keras-values.ts'

/** Of every layer, and said elsewhere. */
const COMMON = new Set(['type', 'name', 'from', 'trainable'])

const NEVER_TRAINABLE = /^(spatialDropout|discretization)/

/** @param input shape of a row of its first input @param fault is told what Keras cannot say */
export function layerToKeras(name: string, spec: LayerSpec, input: Shape, fault: TellFault): KerasObject {
  const settings = Object.entries(spec).filter(([key, value]) => !COMMON.has(key) && value !== undefined)
  const config = settings.map(([key, value]) => [snakeCase(key), settingToKeras(key, value, fault)])
  return kerasObject('keras.layers', classOfType(spec.type), {
    name,
    // Some without weights refuse to be told.
    ...(spec.trainable === false && !NEVER_TRAINABLE.test(spec.type) && { trainable: false }),
    dtype: FLOAT32,
    ...(Object.fromEntries(config) as Mapping),
    ...ownSettings(spec, input),
  })
}

function settingToKeras(key: string, value: unknown, fault: TellFault): unknown {
  if (/activation$/i.test(key)) return activationToKeras(value as never, fault)
  if (key.endsWith('Initializer')) return initializerToKeras(value as never)
  if (key.endsWith('Regularizer')) return regularizerToKeras(value as never)
  if (key.endsWith('Constraint')) return constraintToKeras(value as never)
  if (key === 'layer') {
    const wrapped = value as LayerSpec
    return layerToKeras(wrapped.name ?? wrapped.type, wrapped, [], fault)
  }
  return SPOKEN.has(key) && typeof value === 'string' ? snakeCase(value) : value
}

/** What is not said alike. */
function ownSettings(spec: LayerSpec, input: Shape): Mapping {
  switch (spec.type) {
    case 'leakyReLU':
      return { negative_slope: spec.alpha ?? spec.negativeSlope, alpha: undefined }
    case 'textVectorization':
      return { ngrams: null }
    case 'upSampling1d':
      return { size: [spec.size].flat()[0] }
    case 'normalization': {
      const axes = [spec.axis ?? []].flat().map((axis) => axisWithin(axis, input))
      const sizes = axes.sort((one, other) => one - other).map((axis) => input[axis - 1] ?? 1)
      const nest = (given: number | number[] | undefined): unknown =>
        Array.isArray(given) ? nested(given, sizes) : (given ?? null)
      return { mean: nest(spec.mean), variance: nest(spec.variance) }
    }
    default:
      return {}
  }
}

function nested(numbers: readonly number[], [, ...inner]: readonly number[]): unknown {
  if (inner.length === 0) return numbers
  const size = inner.reduce((product, length) => product * length, 1)
  return Array.from({ length: numbers.length / size }, (_, at) =>
    nested(numbers.slice(at * size, (at + 1) * size), inner),
  )
}

/** What files hold and Minima has no use for, whatever it says. */
/** Settings whose values are names of Keras's. */
const SPOKEN: ReadonlySet<string> = new Set(['outputMode', 'standardize'])

const IGNORED = new Set([
  'name',
  'trainable',
  'dtype',
  'batch_input_shape',
  'batch_shape',
  'input_dtype',
  'input_length',
  'seed',
  'implementation',
  'unroll',
  'time_major',
  'zero_output_for_mask',
  'synchronized',
  'fused',
  'vocabulary_size',
  'vocabulary_dtype',
  'oov_method',
  'renorm_momentum',
  'renorm_clipping',
  'supports_masking',
  'autocast',
  'build_input_shape',
  'groups_axis',
])

/**
 * @returns what the contract made of it; null when something was told to `fault`
 * @param name by which it goes in the experiment
 */
export function layerFromKeras(className: string, config: Mapping, name: string, fault: TellFault): LayerSpec | null {
  const type = typeOfClass(className)
  if (type === undefined) {
    fault(`Minima has no layer ${className}`)
    return null
  }
  let faults = 0
  const tell: TellFault = (message) => {
    faults++
    fault(message)
  }
  const known = knownKeys(type)
  const settings: Record<string, unknown> = { type, name }
  if (config['trainable'] === false) settings['trainable'] = false
  for (const [key, value] of Object.entries(normalized(className, config, tell))) {
    const own = camelCase(key)
    if (known.has(own) && !COMMON.has(own)) {
      if (value !== null && value !== undefined) settings[own] = settingFromKeras(own, value, tell)
      else if (own === 'axis') settings[own] = null
    } else if (!IGNORED.has(key) && !isNothing(key, value)) {
      tell(`${className} has ${key} ${JSON.stringify(value)}, which Minima's does not take`)
    }
  }
  const parsed = layerSchema.safeParse(settings)
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) tell(`${path.map(String).join('.')}: ${message}`)
  }
  return faults === 0 ? (parsed.data ?? null) : null
}

/** Settings that are off, or say what is always so here. */
function isNothing(key: string, value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true
  if (key === 'dilation_rate') return [value].flat().every((rate) => rate === 1)
  if (Array.isArray(value)) return value.length === 0
  if (key === 'data_format') return value === 'channels_last'
  if (key === 'encoding') return value === 'utf-8'
  // Of Discretization, which has its boundaries.
  return key === 'epsilon' || key === 'num_bins'
}

/** What says the same in other words, or in those of older versions. */
function normalized(className: string, config: Mapping, fault: TellFault): Mapping {
  switch (className) {
    case 'StringLookup':
    case 'IntegerLookup':
    case 'TextVectorization':
      if (!Array.isArray(config['vocabulary']))
        fault('its vocabulary is not in the config; give it as a list, or adapt it here')
      return config
    case 'LeakyReLU': {
      const { alpha, negative_slope: slope = alpha, ...rest } = config
      return { ...rest, negative_slope: slope }
    }
    case 'Bidirectional': {
      const { backward_layer: backward, ...rest } = config
      if (isMapping(backward) && !isMirrored(rest['layer'], backward)) {
        fault('Bidirectional has a backward_layer unlike its forward one')
      }
      return rest
    }
    case 'Normalization':
      return { ...config, axis: onlyOf(config['axis']), mean: flat(config['mean']), variance: flat(config['variance']) }
    case 'BatchNormalization':
    case 'GroupNormalization':
    case 'Softmax':
      return { ...config, axis: onlyOf(config['axis']) }
    case 'RMSNormalization':
      return config
    case 'DepthwiseConv1D':
    case 'DepthwiseConv2D': {
      // Keras 2 wrote those of a convolution too.
      const { kernel_initializer: _i, kernel_regularizer: _r, kernel_constraint: _c, filters: _f, ...rest } = config
      return withoutGroups(rest)
    }
    case 'SeparableConv1D':
    case 'SeparableConv2D': {
      const { kernel_initializer: _i, kernel_regularizer: _r, kernel_constraint: _c, ...rest } = config
      return withoutGroups(rest)
    }
    case 'Conv1DTranspose':
    case 'Conv2DTranspose':
      return withoutGroups(config)
    default:
      return config
  }
}

function withoutGroups({ groups, ...config }: Mapping): Mapping {
  return groups === 1 ? config : { ...config, groups }
}

function flat(given: unknown): unknown {
  return Array.isArray(given) ? (given as unknown[]).flat(9) : given
}

/** An axis that stands alone in a list; of none at all: null. */
function onlyOf(axis: unknown): unknown {
  if (!Array.isArray(axis)) return axis
  if (axis.length === 0) return null
  return axis.length === 1 ? (axis as unknown[])[0] : axis
}

/** Whether it goes the other way and is else the same. */
function isMirrored(layer: unknown, backward: Mapping): boolean {
  const configOf = (of: unknown): Mapping => (isMapping(of) && isMapping(of['config']) ? of['config'] : {})
  const plain = ({ name: _name, go_backwards: _way, ...rest }: Mapping): string => JSON.stringify(rest, withoutIds)
  const [one, other] = [configOf(layer), configOf(backward)]
  return plain(one) === plain(other) && one['go_backwards'] !== other['go_backwards']
}

function withoutIds(key: string, value: unknown): unknown {
  return key === 'shared_object_id' ? undefined : value
}

function settingFromKeras(key: string, value: unknown, fault: TellFault): unknown {
  if (/activation$/i.test(key)) return activationFromKeras(value, fault)
  if (key.endsWith('Initializer')) return initializerFromKeras(value, fault)
  if (key.endsWith('Regularizer')) return regularizerFromKeras(value, fault)
  if (key.endsWith('Constraint')) return constraintFromKeras(value, fault)
  if (key === 'layer' && isMapping(value)) {
    const { class_name: className, config } = value
    const { name: _name, ...wrapped } =
      layerFromKeras(String(className), isMapping(config) ? config : {}, 'wrapped', fault) ?? {}
    return wrapped
  }
  return SPOKEN.has(key) && typeof value === 'string' ? camelCase(value) : value
}

const shapes = new Map(
  layerSchema.options.map(({ shape }) => [shape.type.value as string, new Set(Object.keys(shape))]),
)

function knownKeys(type: string): ReadonlySet<string> {
  return shapes.get(type) ?? new Set()
}
