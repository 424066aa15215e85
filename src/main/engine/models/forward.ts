/** The forward pass of a built model, with the last activation of an output left off where its loss takes it in. */
import type { Loss, LossType } from '../../../contract/experiment/losses.ts'
import { activationFunction } from './activations.ts'
import type { BuiltModel } from './build-model.ts'
import type { Constrain } from './constraints.ts'
import type { GraphValue, ModelGraph } from './model-graph.ts'
import { pickColumns } from './pick-columns.ts'
import { constraintOf } from './weight-rules.ts'
import type { LayerVariable, Scalar, Tensor, Tf, TfLayer, Variable } from './tf.ts'

export interface Forward {
  /** Of each output, whether it gives logits: softmax or sigmoid is left off for the loss to take in. For `createLoss`. */
  readonly fromLogits: readonly boolean[]
  /** The weights that are trained, in the order of the layers; `dense_1/kernel`. */
  readonly trainable: readonly NamedVariable[]
  /** Logits or values of a batch, of each output; gradients reach the model's variables. */
  outputs(features: Tensor, training: boolean): readonly Tensor[]
  /** From `outputs` to predictions. */
  activate(outputs: readonly Tensor[]): readonly Tensor[]
  /** What regularizers add to the loss; null when there are none. */
  penalty(): Scalar | null
}

export interface NamedVariable {
  readonly name: string
  readonly variable: Variable
  /** What it is brought back to after each update. */
  readonly constrain?: Constrain | undefined
}

type Peeled = 'sigmoid' | 'softmax' | 'heaviside' | null

/** Which activation a loss takes in, as Keras does inside fit. */
export const TAKES_IN: Partial<Record<LossType, Peeled>> = {
  perceptron: 'heaviside',
  binaryCrossentropy: 'sigmoid',
  categoricalCrossentropy: 'softmax',
  sparseCategoricalCrossentropy: 'softmax',
}

/** `sigmoid` or `softmax` when the output's layer ends in just what the loss takes in, and nobody else takes it; else null. */
function peeledActivation({ nodes }: ModelGraph, node: number, loss: Loss): Peeled {
  const wanted = 'fromLogits' in loss && loss.fromLogits ? null : (TAKES_IN[loss.type] ?? null)
  const spec = nodes[node]?.spec
  if (wanted === null || (spec?.type !== 'dense' && spec?.type !== 'activation')) return null
  // What the layer gives, activated, is charged then.
  if ('activityRegularizer' in spec && spec.activityRegularizer) return null
  const taken = nodes.some(({ from }) => from.some((value) => 'node' in value && value.node === node))
  return spec.activation === wanted && !taken ? wanted : null
}

/** @param losses of the outputs */
export function createForward(tf: Tf, { graph, layers }: BuiltModel, losses: readonly Loss[]): Forward {
  const { inputs, nodes, outputs } = graph
  const peeled = outputs.map(({ node }, index) => peeledActivation(graph, node, losses[index] as Loss))
  const peeledNodes = new Set(outputs.flatMap(({ node }, index) => (peeled[index] ? [node] : [])))
  const owned = layers.filter((_, index) => nodes[index]?.owner === index)

  const apply = (index: number, given: readonly Tensor[], training: boolean): Tensor => {
    const layer = layers[index] as TfLayer
    const [first] = given as [Tensor]
    if (!peeledNodes.has(index)) return layer.apply(given.length > 1 ? [...given] : first, { training }) as Tensor
    return nodes[index]?.spec.type === 'dense' ? applyLinear(tf, layer, first) : first
  }

  return {
    fromLogits: peeled.map((activation) => activation !== null),
    trainable: owned.flatMap(trainableOf),
    outputs(features, training) {
      const given = inputs.map(({ positions }) => pickColumns(tf, features, positions))
      const results: Tensor[] = []
      const valueOf = (value: GraphValue): Tensor =>
        ('input' in value ? given[value.input] : results[value.node]) as Tensor
      for (const [index, { from }] of nodes.entries()) results.push(apply(index, from.map(valueOf), training))
      return outputs.map(({ node }) => results[node] as Tensor)
    },
    activate: (values) =>
      values.map((value, index) => {
        const activation = peeled[index] ?? null
        if (activation === null) return value
        return activationFunction(tf, activation)(value)
      }),
    penalty() {
      const losses = owned.flatMap((layer) => layer.calculateLosses())
      return losses.length > 0 ? (tf.addN(losses) as Scalar) : null
    },
  }
}

/** A dense layer without its activation; of inputs with more dimensions, the last one is what it multiplies. */
export function applyLinear(tf: Tf, layer: TfLayer, input: Tensor): Tensor {
  const [kernel, bias] = layer.weights.map((weight) => weight.read())
  if (kernel === undefined) return input
  const flat = input.rank === 2 ? input : tf.reshape(input, [-1, kernel.shape[0] ?? 1])
  const product = tf.matMul(flat as never, kernel as never)
  const sum = bias === undefined ? product : tf.add(product, bias)
  return input.rank === 2 ? sum : tf.reshape(sum, [...input.shape.slice(0, -1), kernel.shape[1] ?? 1])
}

/** The weights of a layer that are trained, as `layer/weight`. */
export function trainableOf(layer: TfLayer): NamedVariable[] {
  return layer.trainableWeights.map((weight: LayerVariable) => {
    const variable = weight.read() as Variable
    const name = `${layer.name}/${weight.originalName.split('/').at(-1) ?? weight.originalName}`
    return { name, variable, constrain: constraintOf(variable) }
  })
}
