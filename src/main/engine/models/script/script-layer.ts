/**
 * Layers for models of a person's own: `layers.dense({ units: 30 })` is a function from tensors to a tensor, with Keras's
 * defaults and the weights that the same layer of an experiment file would begin with. It is built when it is first called.
 */
import { activationName } from '../../../../contract/experiment/activation.ts'
import { layer as layerSchema, type LayerSpec } from '../../../../contract/experiment/layers.ts'
import { deriveSeed, STREAM } from '../../data/random.ts'
import { activationFunction } from '../activations.ts'
import { setFirstWeights } from '../build-model.ts'
import { applyLinear } from '../forward.ts'
import { ShapeFault, type Shape } from '../layer-kind.ts'
import { buildLayer, outputShapeOf, weightsOf } from '../layer-kinds.ts'
import type { SymbolicTensor, Tensor, TfLayer } from '../tf.ts'
import { ambient, type Ambient, type Logits } from './ambient.ts'

export interface ScriptLayer {
  /** @param inputs [rows, …], or several for a layer that merges @throws Error naming the layer when it cannot take them */
  (inputs: Tensor | readonly Tensor[]): Tensor
  readonly spec: LayerSpec
  /** false: its weights stay as they are. To be set before the training begins. */
  trainable: boolean
  /** Copies; empty before the first call. */
  getWeights(): Tensor[]
  /** @throws Error before the first call, when it has none yet */
  setWeights(weights: Tensor[]): void
}

interface Built {
  readonly layer: TfLayer
  readonly given: readonly Shape[]
}

const built = new WeakMap<ScriptLayer, Built>()
const known = new WeakSet<object>()

export function isScriptLayer(value: unknown): value is ScriptLayer {
  return typeof value === 'function' && known.has(value)
}

/** What it is to TensorFlow.js; null before its first call. */
export function tfLayerOf(layer: ScriptLayer): TfLayer | null {
  return built.get(layer)?.layer ?? null
}

/** @throws TypeError for settings that the layer does not have, naming them */
export function createScriptLayer(type: string, settings: unknown): ScriptLayer {
  let spec = parse(type, settings)

  const call = (inputs: Tensor | readonly Tensor[]): Tensor => {
    const around = ambient(`layers.${type}`)
    const tensors = [inputs].flat() as Tensor[]
    const { layer } = built.get(self) ?? build(tensors, around)
    return applied(around, spec, layer, tensors)
  }

  const build = (tensors: readonly Tensor[], around: Ambient): Built => {
    const { tf, seed, counter, texts } = around
    const place = around.placeOf(self)
    if (place === null) {
      throw new Error(
        `layers.${type}: this layer is in no field of the model; keep it in one (this.hidden = ...), so that its weights are found and trained`,
      )
    }
    const { index, name } = place
    const given = tensors.map(({ shape }) => shape.slice(1))
    const [first = []] = given
    try {
      outputShapeOf(spec, given)
    } catch (error) {
      if (error instanceof ShapeFault)
        throw new Error(`the layer ${name} (${type}): ${error.message}`, { cause: error })
      throw error
    }
    const context = { seed: deriveSeed(seed, STREAM.dropout, index), counter, texts }
    const layer = buildLayer(tf, spec, { name }, context, first)
    const symbols = given.map((shape) => tf.input({ shape: [...shape] }) as SymbolicTensor)
    layer.apply(symbols.length > 1 ? symbols : (symbols[0] as SymbolicTensor))
    setFirstWeights(tf, layer, weightsOf(spec, first), deriveSeed(seed, STREAM.weights, index))
    const made = { layer, given }
    built.set(self, made)
    return made
  }

  const self = Object.defineProperties(call, {
    spec: { get: () => spec },
    trainable: {
      get: () => spec.trainable !== false,
      set(trainable: boolean) {
        spec = { ...spec, trainable }
        const layer = tfLayerOf(self)
        if (layer) layer.trainable = trainable
      },
    },
    getWeights: { value: () => tfLayerOf(self)?.getWeights() ?? [] },
    setWeights: {
      value(weights: Tensor[]) {
        const layer = tfLayerOf(self)
        if (layer === null) throw new Error(`layers.${type} has no weights before its first call`)
        layer.setWeights(weights)
      },
    },
  }) as unknown as ScriptLayer
  known.add(self)
  return self
}

function parse(type: string, settings: unknown): LayerSpec {
  const parsed = layerSchema.safeParse({ ...(settings as object | undefined), type })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path.join('.')
  const what = issue?.code === 'unrecognized_keys' ? `unknown setting ${issue.keys.join(', ')}` : issue?.message
  throw new TypeError(`layers.${type}: ${at ? `${at}: ` : ''}${what}`)
}

function applied(around: Ambient, spec: LayerSpec, layer: TfLayer, tensors: Tensor[]): Tensor {
  const { tf, training, logits } = around
  const [first] = tensors as [Tensor]
  const activation = lastActivation(spec)
  if (activation === null) return layer.apply(tensors.length > 1 ? tensors : first, { training }) as Tensor
  const values = spec.type === 'dense' ? applyLinear(tf, layer, first) : first
  const output = activationFunction(tf, activation)(values)
  logits.set(output, { activation, values })
  return output
}

/** The activation that a layer ends in, where a loss may take it in. */
function lastActivation(spec: LayerSpec): Logits['activation'] | null {
  if (spec.type !== 'dense' && spec.type !== 'activation') return null
  if ('activityRegularizer' in spec && spec.activityRegularizer) return null
  const name = activationName(spec.activation)
  return name === 'sigmoid' || name === 'softmax' || name === 'heaviside' ? name : null
}
