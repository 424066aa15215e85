/** The forward pass of a built model, with its last activation left off where the loss takes it in. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Loss } from '../../../contract/experiment/fit.ts'
import type { LayerSpec } from '../../../contract/experiment/layers.ts'
import type { Constrain } from './constraints.ts'
import type { LayerVariable, Scalar, Sequential, Tensor, Tf, TfLayer, Variable } from './tf.ts'
import { constraintOf } from './weight-rules.ts'

export interface Forward {
  /** Whether `output` gives logits: softmax or sigmoid is left off for the loss to take in. Hand it to `createLoss`. */
  readonly fromLogits: boolean
  /** The weights that are trained, in the order of the layers; `dense_1/kernel`. */
  readonly trainable: readonly NamedVariable[]
  /** Logits or values of a batch; gradients reach the model's variables. */
  output(x: Tensor, training: boolean): Tensor
  /** From `output` to predictions. */
  activate(output: Tensor): Tensor
  /** `activate(output(x, false))`. */
  predict(x: Tensor): Tensor
  /** What regularizers add to the loss; null when there are none. */
  penalty(): Scalar | null
}

export interface NamedVariable {
  readonly name: string
  readonly variable: Variable
  /** What it is brought back to after each update. */
  readonly constrain?: Constrain | undefined
}

/** Which activation a loss takes in, as Keras does inside fit. */
const TAKES_IN: Partial<Record<Loss, 'sigmoid' | 'softmax'>> = {
  binaryCrossentropy: 'sigmoid',
  categoricalCrossentropy: 'softmax',
  sparseCategoricalCrossentropy: 'softmax',
}

/** `sigmoid` or `softmax` when the last layer ends in just what the loss takes in, else null. */
function peeledActivation(layers: readonly LayerSpec[], loss: Loss): 'sigmoid' | 'softmax' | null {
  const last = layers.at(-1)
  const wanted = TAKES_IN[loss]
  if (wanted === undefined || (last?.type !== 'dense' && last?.type !== 'activation')) return null
  return last.activation === wanted ? wanted : null
}

export function createForward(tf: Tf, model: Sequential, layers: Experiment['model']['layers'], loss: Loss): Forward {
  const peeled = peeledActivation(layers, loss)
  const last = model.layers.at(-1)
  const body = peeled === null ? model.layers : model.layers.slice(0, -1)

  const output = (x: Tensor, training: boolean): Tensor => {
    const hidden = body.reduce((tensor, layer) => layer.apply(tensor, { training }) as Tensor, x)
    return peeled !== null && layers.at(-1)?.type === 'dense' && last ? applyLinear(tf, last, hidden) : hidden
  }
  const activate = (values: Tensor): Tensor => {
    if (peeled === null) return values
    return peeled === 'softmax' ? tf.softmax(values) : tf.sigmoid(values)
  }

  return {
    fromLogits: peeled !== null,
    trainable: model.layers.flatMap(trainableOf),
    output,
    activate,
    predict: (x) => tf.tidy(() => activate(output(x, false))),
    penalty() {
      const losses = model.layers.flatMap((layer) => layer.calculateLosses())
      return losses.length > 0 ? (tf.addN(losses) as Scalar) : null
    },
  }
}

/** A dense layer without its activation; of inputs with more dimensions, the last one is what it multiplies. */
function applyLinear(tf: Tf, layer: TfLayer, input: Tensor): Tensor {
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
