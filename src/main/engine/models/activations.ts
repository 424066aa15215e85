/** Activations by TensorFlow.js's names, with Keras 3's meaning where the two differ. */
import type { Activation } from '../../../contract/experiment/layers.ts'
import type { Tensor, Tf } from './tf.ts'

type TfActivation = NonNullable<Parameters<Tf['layers']['activation']>[0]>['activation']

/** Keras 3: relu6(x + 3) / 6; TensorFlow.js has the old clip(0.2 x + 0.5, 0, 1). */
const KERAS_HARD_SIGMOID = 'kerasHardSigmoid'

const prepared = new WeakSet<Tf>()

export function activationOf(tf: Tf, activation: Activation): TfActivation {
  if (activation !== 'hardSigmoid') return activation
  if (!prepared.has(tf)) registerHardSigmoid(tf)
  prepared.add(tf)
  return KERAS_HARD_SIGMOID as TfActivation
}

function registerHardSigmoid(tf: Tf): void {
  /** Flat, as in Keras, from the very corners on. */
  const hardSigmoid = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    const value = tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1)
    save([value])
    const rises = (y: Tensor): Tensor => tf.cast(tf.logicalAnd(tf.greater(y, 0), tf.less(y, 1)), 'float32')
    return { value, gradFunc: (dy: Tensor, [y = value]: Tensor[]) => tf.mul(dy, tf.div(rises(y), 6)) }
  })
  class KerasHardSigmoid extends tf.serialization.Serializable {
    static readonly className = KERAS_HARD_SIGMOID

    apply(x: Tensor): Tensor {
      return hardSigmoid(x)
    }

    getConfig(): Record<string, never> {
      return {}
    }
  }
  tf.serialization.registerClass(KerasHardSigmoid)
}

/** Activations whose result is never negative. */
export const NON_NEGATIVE: ReadonlySet<Activation> = new Set([
  'relu',
  'relu6',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softmax',
] as const)
