/**
 * What a backend cannot train, or trains to something else, found layer by layer against the plain JavaScript backend and
 * Keras. Such layers are refused before training, never trained wrongly.
 */
import type { LayerSpec, LayerType } from '../../../contract/experiment/layers.ts'
import { isNonNegative } from './activations.ts'
import type { Shape } from './layer-kind.ts'
import { weightsOf } from './layer-kinds.ts'
import { perDimension } from './layers/window.ts'

export type BackendName = 'tensorflow' | 'wasm' | 'cpu'

interface Place {
  readonly layers: readonly LayerSpec[]
  /** What each layer is given; as `traceShapes` has it. */
  readonly shapes: readonly Shape[]
  readonly index: number
}

interface Fault {
  readonly what: string
  /** What would help, besides another backend. */
  readonly advice?: string
  /** Backends that get it right. */
  readonly trainedBy: readonly Exclude<BackendName, 'wasm'>[]
}

type Limit = (place: Place) => Fault | null

const noGradient: Limit = ({ layers, index }) => ({
  what: `the WASM backend has no gradient for ${layers[index]?.type}`,
  trainedBy: ['tensorflow', 'cpu'],
})

/** Pooling passes gradients on to layers before it; it does no harm where there is nothing to train. */
function trainsBefore({ layers, shapes, index }: Place): boolean {
  return layers
    .slice(0, index)
    .some((layer, at) => weightsOf(layer, shapes[at] ?? []).some((weight) => weight.trainable))
}

/** Layers that cannot make a number negative that was not. */
const KEEPS_SIGN: ReadonlySet<LayerType> = new Set([
  'flatten',
  'reshape',
  'permute',
  'repeatVector',
  'activityRegularization',
  'dropout',
  'spatialDropout1d',
  'spatialDropout2d',
  'spatialDropout3d',
  'maxPooling1d',
  'maxPooling2d',
  'maxPooling3d',
  'averagePooling1d',
  'averagePooling2d',
  'averagePooling3d',
  'globalAveragePooling1d',
  'globalAveragePooling2d',
  'globalAveragePooling3d',
  'globalMaxPooling1d',
  'globalMaxPooling2d',
  'globalMaxPooling3d',
  'cropping1d',
  'cropping2d',
  'cropping3d',
  'zeroPadding1d',
  'zeroPadding2d',
  'zeroPadding3d',
  'upSampling1d',
  'upSampling2d',
  'upSampling3d',
] as const)

function outputIsNonNegative(layers: readonly LayerSpec[]): boolean {
  const last = layers.at(-1)
  if (last === undefined) return false
  if (KEEPS_SIGN.has(last.type)) return outputIsNonNegative(layers.slice(0, -1))
  return 'activation' in last && isNonNegative(last.activation)
}

const maxPoolNegatives: Limit = (place) => {
  if (!trainsBefore(place) || outputIsNonNegative(place.layers.slice(0, place.index))) return null
  return {
    what: `the WASM backend's gradient of ${place.layers[place.index]?.type} is wrong where its inputs are negative`,
    advice: 'put a relu before it',
    trainedBy: ['tensorflow', 'cpu'],
  }
}

const wrongGradient: Limit = ({ layers, index }) => ({
  what: `the WASM backend's gradient of ${layers[index]?.type} is wrong`,
  trainedBy: ['tensorflow', 'cpu'],
})

/** The gradient divides by the whole window where part of it lies over the edge. */
const averagePoolEdges: Limit = (place) => {
  const spec = place.layers[place.index]
  if (spec?.type !== 'averagePooling1d' && spec?.type !== 'averagePooling2d') return null
  if (spec.padding !== 'same' || !trainsBefore(place)) return null
  const dimensions = spec.type === 'averagePooling1d' ? 1 : 2
  const window = perDimension(spec.poolSize, dimensions)
  const strides = perDimension(spec.strides ?? spec.poolSize, dimensions)
  const overhangs = window.some((size, dimension) => {
    const length = place.shapes[place.index]?.[dimension] ?? 0
    const stride = strides[dimension] ?? 1
    return (Math.ceil(length / stride) - 1) * stride + size > length
  })
  if (!overhangs) return null
  return {
    what: `the gradient of ${spec.type} is wrong here where a window hangs over the edge`,
    advice: 'set padding: valid',
    trainedBy: ['tensorflow'],
  }
}

const LIMITS: Readonly<Record<'wasm' | 'cpu', Partial<Record<LayerType, Limit>>>> = {
  wasm: {
    conv1d: noGradient,
    conv2d: noGradient,
    conv3d: wrongGradient,
    conv1dTranspose: noGradient,
    conv2dTranspose: noGradient,
    depthwiseConv1d: noGradient,
    depthwiseConv2d: noGradient,
    separableConv1d: noGradient,
    separableConv2d: noGradient,
    embedding: noGradient,
    maxPooling1d: maxPoolNegatives,
    maxPooling2d: maxPoolNegatives,
    averagePooling1d: averagePoolEdges,
    averagePooling2d: averagePoolEdges,
  },
  cpu: { averagePooling1d: averagePoolEdges, averagePooling2d: averagePoolEdges },
}

const TRAIN_WITH = { tensorflow: 'train it on TensorFlow', cpu: 'train it slowly with `backend: cpu`' } as const

/** Why `backend` cannot train layer `index`, and what would; null when it can. */
export function refusalOf(backend: BackendName, place: Place): string | null {
  const type = place.layers[place.index]?.type
  if (backend === 'tensorflow' || type === undefined) return null
  const fault = LIMITS[backend][type]?.(place) ?? null
  if (fault === null) return null
  const remedies = [...(fault.advice === undefined ? [] : [fault.advice]), ...fault.trainedBy.map((n) => TRAIN_WITH[n])]
  return `${fault.what}; ${remedies.join(', or ')}`
}
