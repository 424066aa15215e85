/** Activations as Keras 3 has them: TensorFlow.js's own where they mean the same, ours elsewhere. */
import {
  activationName,
  activationSettings,
  type Activation,
  type ActivationName,
} from '../../../contract/experiment/activation.ts'
import type { Tensor, Tf } from './tf.ts'

type TfActivation = NonNullable<Parameters<Tf['layers']['activation']>[0]>['activation']

/** TensorFlow.js has these under the same name, with the same meaning. Its hardSigmoid is that of Keras 2. */
const OWN: ReadonlySet<ActivationName> = new Set([
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'softplus',
  'softsign',
  'tanh',
  'softmax',
  'swish',
] as const)

const CLASS_NAME = 'KerasActivation'
const prepared = new WeakSet<Tf>()

/** As layers of TensorFlow.js take it. */
export function activationOf(tf: Tf, activation: Activation): TfActivation {
  if (typeof activation === 'string' && OWN.has(activation)) return activation as TfActivation
  if (!prepared.has(tf)) register(tf)
  prepared.add(tf)
  return { className: CLASS_NAME, config: { activation } } as unknown as TfActivation
}

function register(tf: Tf): void {
  class KerasActivation extends tf.serialization.Serializable {
    static readonly className = CLASS_NAME
    readonly #activation: Activation
    readonly #apply: (x: Tensor) => Tensor

    constructor({ activation }: { activation: Activation }) {
      super()
      this.#activation = activation
      this.#apply = activationFunction(tf, activation)
    }

    apply(x: Tensor): Tensor {
      return this.#apply(x)
    }

    getConfig(): { activation: never } {
      return { activation: this.#activation as never }
    }
  }
  tf.serialization.registerClass(KerasActivation as never)
}

/** An activation as a function of tensors; gradients are Keras's. */
export function activationFunction(tf: Tf, activation: Activation): (x: Tensor) => Tensor {
  const name = activationName(activation)
  const settings = activationSettings(activation)
  if (settings !== null) return withSettings(tf, settings)
  switch (name) {
    case 'linear':
      return (x) => x
    case 'relu6':
      return piecewise(
        tf,
        (x) => tf.relu6(x),
        (x) => both(tf, tf.greater(x, 0), tf.less(x, 6)),
      )
    case 'selu':
      return (x) => tf.selu(x)
    case 'silu':
    case 'swish':
      return (x) => tf.mul(x, tf.sigmoid(x))
    case 'mish':
      return (x) => tf.mul(x, tf.tanh(tf.softplus(x)))
    case 'softplus':
      return (x) => tf.softplus(x)
    case 'softsign':
      return (x) => tf.div(x, tf.add(tf.abs(x), 1))
    case 'exponential':
      return (x) => tf.exp(x)
    case 'sigmoid':
      return (x) => tf.sigmoid(x)
    case 'hardSigmoid':
      return clipped(tf, 1 / 6, 0.5)
    case 'hardSilu': {
      const gate = clipped(tf, 1 / 6, 0.5)
      return (x) => tf.mul(x, gate(x))
    }
    case 'tanh':
      return (x) => tf.tanh(x)
    case 'hardTanh':
      return (x) => tf.clipByValue(x, -1, 1)
    case 'softmax':
      return (x) => tf.softmax(x)
    case 'logSoftmax':
      return (x) => tf.logSoftmax(x)
    case 'logSigmoid':
      return (x) => tf.neg(tf.softplus(tf.neg(x)))
    case 'tanhShrink':
      return (x) => tf.sub(x, tf.tanh(x))
    case 'sparsePlus':
      return piecewise(
        tf,
        (x) => {
          const inner = tf.mul(tf.square(tf.add(x, 1)), 0.25)
          return tf.where(tf.lessEqual(x, -1), tf.zerosLike(x), tf.where(tf.less(x, 1), inner, x))
        },
        (x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
      )
    case 'sparsemax':
      return (x) => sparsemax(tf, x)
    case 'sparseSigmoid':
      return piecewise(
        tf,
        (x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
        (x) => tf.mul(both(tf, tf.greater(x, -1), tf.less(x, 1)), 0.5),
      )
    case 'glu':
      return (x) => {
        const [value, gate] = tf.split(x, 2, -1) as [Tensor, Tensor]
        return tf.mul(value, tf.sigmoid(gate))
      }
    case 'heaviside':
      return piecewise(
        tf,
        (x) => tf.cast(tf.greaterEqual(x, 0), 'float32'),
        (x) => tf.zerosLike(x),
      )
    case 'sign':
      return piecewise(
        tf,
        (x) => signOf(tf, x),
        (x) => tf.zerosLike(x),
      )
    default:
      throw new TypeError(`no activation is called ${name}`)
  }
}

function withSettings(tf: Tf, settings: Exclude<Activation, string>): (x: Tensor) => Tensor {
  switch (settings.type) {
    case 'relu': {
      const { negativeSlope, maxValue, threshold } = settings
      if (negativeSlope === 0 && maxValue === null && threshold === 0) return (x) => tf.relu(x)
      return piecewise(
        tf,
        (x) => {
          const above = tf.mul(x, isTrue(tf, tf.greater(x, threshold)))
          const capped = maxValue === null ? above : tf.clipByValue(above, 0, maxValue)
          return tf.add(capped, tf.mul(tf.minimum(tf.sub(x, threshold), 0), negativeSlope))
        },
        (x) => {
          const above = tf.greater(x, threshold)
          const rises = maxValue === null ? isTrue(tf, above) : both(tf, above, tf.lessEqual(x, maxValue))
          return tf.add(rises, tf.mul(isTrue(tf, tf.less(x, threshold)), negativeSlope))
        },
      )
    }
    case 'leakyRelu':
      return (x) => tf.leakyRelu(x, settings.negativeSlope)
    case 'elu':
      return settings.alpha === 1
        ? (x) => tf.elu(x)
        : piecewise(
            tf,
            (x) => tf.add(tf.relu(x), tf.mul(tf.expm1(tf.minimum(x, 0)), settings.alpha)),
            (x) => {
              const below = tf.mul(isTrue(tf, tf.lessEqual(x, 0)), tf.mul(tf.exp(tf.minimum(x, 0)), settings.alpha))
              return tf.add(isTrue(tf, tf.greater(x, 0)), below)
            },
          )
    case 'celu': {
      const { alpha } = settings
      // At 0 Keras adds up the slopes of both sides.
      return piecewise(
        tf,
        (x) => tf.add(tf.relu(x), tf.mul(tf.expm1(tf.div(tf.minimum(x, 0), alpha)), alpha)),
        (x) => {
          const below = tf.mul(isTrue(tf, tf.lessEqual(x, 0)), tf.exp(tf.div(tf.minimum(x, 0), alpha)))
          return tf.add(isTrue(tf, tf.greaterEqual(x, 0)), below)
        },
      )
    }
    case 'gelu':
      return (x) => {
        if (!settings.approximate) return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))
        const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI))
        return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
      }
    case 'softShrink': {
      const { threshold } = settings
      const past = (x: Tensor): Tensor => isTrue(tf, tf.greater(tf.abs(x), threshold))
      return piecewise(tf, (x) => tf.mul(past(x), tf.sub(x, tf.mul(signOf(tf, x), threshold))), past)
    }
    case 'hardShrink': {
      const past = (x: Tensor): Tensor => isTrue(tf, tf.greater(tf.abs(x), settings.threshold))
      return piecewise(tf, (x) => tf.mul(past(x), x), past)
    }
    case 'threshold': {
      const past = (x: Tensor): Tensor => tf.greater(x, settings.threshold)
      return piecewise(
        tf,
        (x) => tf.where(past(x), x, tf.fill(x.shape, settings.defaultValue)),
        (x) => isTrue(tf, past(x)),
      )
    }
    case 'squareplus':
      return (x) => tf.div(tf.add(x, tf.sqrt(tf.add(tf.square(x), settings.b))), 2)
  }
}

/** A function by its values and slopes: at corners, and through comparisons, those are not to be derived. */
function piecewise(tf: Tf, value: (x: Tensor) => Tensor, slope: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  const graded = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    save([x])
    return { value: value(x), gradFunc: (dy: Tensor, [saved = x]: Tensor[]) => tf.mul(dy, slope(saved)) }
  })
  return (x) => graded(x)
}

function isTrue(tf: Tf, condition: Tensor): Tensor {
  return tf.cast(condition, 'float32')
}

function both(tf: Tf, one: Tensor, other: Tensor): Tensor {
  return isTrue(tf, tf.logicalAnd(one, other))
}

function signOf(tf: Tf, x: Tensor): Tensor {
  return tf.sub(isTrue(tf, tf.greater(x, 0)), isTrue(tf, tf.less(x, 0)))
}

/** slope × x + offset, between 0 and 1; flat, as in Keras, from the very corners on. */
function clipped(tf: Tf, slope: number, offset: number): (x: Tensor) => Tensor {
  const graded = tf.customGrad((...inputs) => {
    const [x, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    const value = tf.clipByValue(tf.add(tf.mul(x, slope), offset), 0, 1)
    save([value])
    const rises = (y: Tensor): Tensor => tf.cast(tf.logicalAnd(tf.greater(y, 0), tf.less(y, 1)), 'float32')
    return { value, gradFunc: (dy: Tensor, [y = value]: Tensor[]) => tf.mul(dy, tf.mul(rises(y), slope)) }
  })
  return (x) => graded(x)
}

/** The nearest point of the simplex (Martins and Astudillo 2016); gradients go to its support only. */
function sparsemax(tf: Tf, x: Tensor): Tensor {
  const project = tf.customGrad((...inputs) => {
    const [z, save] = inputs as [Tensor, (tensors: Tensor[]) => void]
    const width = z.shape.at(-1) ?? 1
    const { values: sorted } = tf.topk(z, width, true)
    const ranks = tf.range(1, width + 1)
    const sums = tf.cumsum(sorted, z.rank - 1)
    const inside = tf.cast(tf.greater(tf.add(tf.mul(ranks, sorted), 1), sums), 'float32')
    const count = tf.sum(inside, -1, true)
    const tau = tf.div(tf.sub(tf.sum(tf.mul(sorted, inside), -1, true), 1), count)
    const value = tf.relu(tf.sub(z, tau))
    save([value])
    return {
      value,
      gradFunc: (dy: Tensor, [p = value]: Tensor[]) => {
        const support = tf.cast(tf.greater(p, 0), 'float32')
        const mean = tf.div(tf.sum(tf.mul(dy, support), -1, true), tf.sum(support, -1, true))
        return tf.mul(support, tf.sub(dy, mean))
      },
    }
  })
  return project(x)
}

/** Activations whose result is never negative. */
const NON_NEGATIVE: ReadonlySet<ActivationName> = new Set([
  'relu',
  'relu6',
  'exponential',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softmax',
  'squareplus',
  'sparsePlus',
  'sparsemax',
  'sparseSigmoid',
  'heaviside',
] as const)

export function isNonNegative(activation: Activation): boolean {
  return typeof activation === 'string' && NON_NEGATIVE.has(activation)
}
