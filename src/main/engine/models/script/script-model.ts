/** A model that a script's `build` made, as a training takes it: weights found, names given, its outputs told apart. */
import type { Hparams, LayerSummary, ModelSummary } from '../../../../contract/run.ts'
import type { Loss } from '../../../../contract/experiment/losses.ts'
import { activationFunction } from '../activations.ts'
import { TAKES_IN, trainableOf, type Forward, type NamedVariable } from '../forward.ts'
import { layerNames } from '../layer-kinds.ts'
import type { GraphInput } from '../model-graph.ts'
import { pickColumns } from '../pick-columns.ts'
import type { StepCounter } from '../step-counter.ts'
import type { LayersModel, Scalar, Tensor, Tf, TfLayer, Variable } from '../tf.ts'
import type { TrainableModel } from '../trainable-model.ts'
import { within, type Ambient, type Logits } from './ambient.ts'
import { Model, type ModelInputs, type ModelOutputs } from './model.ts'
import { isScriptLayer, tfLayerOf, type ScriptLayer } from './script-layer.ts'
import { trackedIn } from './tracked.ts'

/** `build(hp)` of a script. */
export type Build = (hp: Hparams) => unknown

export interface ScriptModel {
  readonly model: TrainableModel
  /** What `build` gave. */
  readonly made: Model | LayersModel
  readonly layers: readonly TfLayer[]
  /** `output`, or `output_1`, `output_2`, …, or the names that `call` gives them. */
  readonly outputNames: readonly string[]
  readonly summary: ModelSummary
  /** @param losses in the order of the outputs */
  forward(losses: readonly Loss[]): Forward
}

export interface ScriptModelOptions {
  readonly inputs: readonly GraphInput[]
  /** Some rows, [rows, …feature shape], that the model is called with once, so that all its weights are there. */
  readonly sample: Tensor
  readonly seed: number
  readonly counter: StepCounter
  /** What the numbers of text columns stand for. */
  readonly texts?: readonly string[] | undefined
}

/** @throws TypeError when `made` is no model, or gives no tensors; whatever its call throws */
export function createScriptModel(tf: Tf, made: unknown, options: ScriptModelOptions): ScriptModel {
  if (made instanceof Model) return ownModel(tf, made, options)
  if (made instanceof tf.LayersModel) return layersModel(tf, made, options)
  throw new TypeError(
    `build(hp) gave ${describe(made)}: expected a model, that is {layers: [...]} as in an experiment file, an object of a class that extends Model, or a LayersModel of TensorFlow.js`,
  )
}

function describe(made: unknown): string {
  if (made === undefined) return 'nothing'
  if (made instanceof Promise) return 'a promise'
  return typeof made === 'object' && made !== null ? `a ${made.constructor.name}` : `a ${typeof made}`
}

interface Call {
  readonly names: readonly string[]
  readonly values: readonly Tensor[]
}

function ownModel(tf: Tf, made: Model, { inputs, sample, seed, counter, texts }: ScriptModelOptions): ScriptModel {
  const before = trackedIn(tf, made)
  const names = namesOf(before.layers)
  const logits = new WeakMap<Tensor, Logits>()
  const ambient: Ambient = {
    tf,
    seed,
    counter,
    texts,
    training: false,
    placeOf(layer) {
      const index = before.layers.indexOf(layer as ScriptLayer)
      return index < 0 ? null : { index, name: names[index] ?? '' }
    },
    logits,
  }
  const call = (features: Tensor, training: boolean): Call =>
    within(ambient, training, () => namedOutputs(tf, made.call(inputsOf(tf, inputs, features), { training })))
  const first = firstCall(tf, () => call(sample, false), logits)
  const layers = before.layers.flatMap((layer): TfLayer[] => {
    const found = isScriptLayer(layer) ? tfLayerOf(layer) : layer
    return found ? [found] : []
  })
  const own = [...before.variables].map(([name, variable]) => ({ name, read: (): Variable => variable }))
  const weights = [...layers.flatMap((layer) => layer.weights), ...own]
  const model = modelOf(tf, first.shapes, layers, weights)
  const trainable = [
    ...layers.flatMap(trainableOf),
    ...[...before.variables].flatMap(([name, variable]): NamedVariable[] =>
      variable.trainable ? [{ name, variable }] : [],
    ),
  ]
  return {
    model,
    made,
    layers,
    outputNames: first.names,
    summary: summaryOf(sample, layers, own),
    forward: (losses) => {
      const peeled = first.activations.map((activation, index) => {
        const wanted = takenIn(losses[index])
        return activation === wanted ? activation : null
      })
      return {
        fromLogits: peeled.map((activation) => activation !== null),
        trainable,
        outputs(features, training) {
          const { values } = call(features, training)
          return values.map((value, index) => (peeled[index] ? (logits.get(value)?.values ?? value) : value))
        },
        activate: (values) => activated(tf, values, peeled),
        penalty: () => penaltyOf(tf, layers),
      }
    },
  }
}

function layersModel(tf: Tf, made: LayersModel, { inputs, sample }: ScriptModelOptions): ScriptModel {
  const call = (features: Tensor, training: boolean): Tensor[] => {
    const given = inputs.map(({ positions }) => pickColumns(tf, features, positions))
    return [made.apply(given.length > 1 ? given : (given[0] as Tensor), { training })].flat() as Tensor[]
  }
  tf.tidy(() => void call(sample, false))
  return {
    model: made,
    made,
    layers: made.layers,
    outputNames: made.outputNames,
    summary: summaryOf(sample, made.layers, []),
    forward: () => ({
      fromLogits: made.outputs.map(() => false),
      trainable: made.layers.flatMap(trainableOf),
      outputs: call,
      activate: (values) => values,
      penalty: () => penaltyOf(tf, made.layers),
    }),
  }
}

/** Keras's automatic names for those without one, in the order of the fields. */
function namesOf(layers: readonly (ScriptLayer | TfLayer)[]): string[] {
  const given = layerNames(layers.flatMap((layer) => (isScriptLayer(layer) ? [layer.spec] : [])))
  return layers.map((layer) => (isScriptLayer(layer) ? (given.shift() ?? '') : layer.name))
}

function inputsOf(tf: Tf, inputs: readonly GraphInput[], features: Tensor): ModelInputs {
  const values = inputs.map(({ name, positions }) => [name, pickColumns(tf, features, positions)] as const)
  const [first] = values
  return values.length === 1 && first ? first[1] : Object.fromEntries(values)
}

function namedOutputs(tf: Tf, given: ModelOutputs): Call {
  const isTensor = (value: unknown): value is Tensor => value instanceof tf.Tensor
  const entries: readonly (readonly [string, unknown])[] = isTensor(given)
    ? [['output', given]]
    : Array.isArray(given)
      ? (given as readonly unknown[]).map((value, index) => [`output_${index + 1}`, value])
      : Object.entries((given as object | undefined) ?? {})
  const values = entries.map(([, value]) => value)
  if (values.length === 0 || !values.every(isTensor)) {
    throw new TypeError('call must give a tensor, a list of tensors, or an object of tensors by name')
  }
  return { names: entries.map(([name]) => name), values }
}

interface FirstCall {
  readonly names: readonly string[]
  readonly shapes: readonly (readonly number[])[]
  /** What each output ends in whose logits are at hand. */
  readonly activations: readonly (Logits['activation'] | null)[]
}

function firstCall(tf: Tf, call: () => Call, logits: WeakMap<Tensor, Logits>): FirstCall {
  let told: FirstCall | undefined
  tf.tidy(() => {
    const { names, values } = call()
    told = {
      names,
      shapes: values.map(({ shape }) => shape),
      // Within a tidy of the model's own the logits are gone.
      activations: values.map((value) => {
        const found = logits.get(value)
        return found && !found.values.isDisposed ? found.activation : null
      }),
    }
  })
  return told as FirstCall
}

function modelOf(
  tf: Tf,
  shapes: readonly (readonly number[])[],
  layers: readonly TfLayer[],
  weights: TrainableModel['weights'],
): TrainableModel {
  return {
    layers,
    dispose: () => tf.dispose(weights.map((weight) => weight.read())),
    weights,
    getWeights: () => weights.map((weight) => weight.read()),
    setWeights(values) {
      for (const [index, weight] of weights.entries()) (weight.read() as Variable).assign(values[index] as Tensor)
    },
    outputs: shapes.map(([, ...shape]) => ({ shape: [null, ...shape] })),
  }
}

function takenIn(loss: Loss | undefined): Logits['activation'] | null {
  if (loss === undefined || ('fromLogits' in loss && loss.fromLogits)) return null
  return TAKES_IN[loss.type] ?? null
}

function activated(tf: Tf, values: readonly Tensor[], peeled: readonly (Logits['activation'] | null)[]): Tensor[] {
  return values.map((value, index) => {
    const activation = peeled[index] ?? null
    return activation === null ? value : activationFunction(tf, activation)(value)
  })
}

function penaltyOf(tf: Tf, layers: readonly TfLayer[]): Scalar | null {
  const losses = layers.flatMap((layer) => layer.calculateLosses())
  return losses.length > 0 ? (tf.addN(losses) as Scalar) : null
}

/** Of one row; empty where the layer was never called with a symbol. */
function outputShapeOf(layer: TfLayer): number[] {
  try {
    const shape = layer.outputShape as (number | null)[] | (number | null)[][]
    const [first] = shape
    const whole = Array.isArray(first) ? first : (shape as (number | null)[])
    return whole.slice(1).map((size) => size ?? -1)
  } catch {
    return []
  }
}

function summaryOf(
  sample: Tensor,
  layers: readonly TfLayer[],
  variables: readonly { readonly name: string; read(): Variable }[],
): ModelSummary {
  const size = (tensors: readonly { read(): Tensor }[]): number =>
    tensors.reduce((sum, tensor) => sum + tensor.read().size, 0)
  const rows = layers.map((layer): LayerSummary => ({
    name: layer.name,
    type: layer.getClassName(),
    outputShape: outputShapeOf(layer),
    params: size(layer.weights),
    trainableParams: size(layer.trainableWeights),
  }))
  const own = variables.map(({ name, read }): LayerSummary => ({
    name,
    type: 'variable',
    outputShape: [...read().shape],
    params: read().size,
    trainableParams: read().trainable ? read().size : 0,
  }))
  const all = [...rows, ...own]
  return {
    inputShape: sample.shape.slice(1),
    layers: all,
    params: all.reduce((sum, row) => sum + row.params, 0),
    trainableParams: all.reduce((sum, row) => sum + row.trainableParams, 0),
  }
}
