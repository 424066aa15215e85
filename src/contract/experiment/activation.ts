/** Keras 3's activations, by its names in camelCase, alone or with their settings. */
import { z } from 'zod'
import { expected, flag, naturalInt, nonNegative, oneOf, positive } from './expected.ts'

export const ACTIVATIONS = [
  'linear',
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'celu',
  'gelu',
  'silu',
  'swish',
  'mish',
  'softplus',
  'softsign',
  'exponential',
  'sigmoid',
  'hardSigmoid',
  'hardSilu',
  'tanh',
  'hardTanh',
  'softmax',
  'logSoftmax',
  'logSigmoid',
  'tanhShrink',
  'softShrink',
  'hardShrink',
  'threshold',
  'squareplus',
  'sparsePlus',
  'sparsemax',
  'sparseSigmoid',
  'glu',
  'heaviside',
  'sign',
] as const
export type ActivationName = (typeof ACTIVATIONS)[number]

const settings = <const T extends ActivationName, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape })
const number = z.number(expected('a number'))

const withSettings = z.discriminatedUnion(
  'type',
  [
    settings('relu', {
      negativeSlope: nonNegative.default(0),
      maxValue: positive.nullable().default(null),
      threshold: number.default(0),
    }),
    settings('leakyRelu', { negativeSlope: nonNegative.default(0.2) }),
    settings('elu', { alpha: number.default(1) }),
    settings('celu', { alpha: positive.default(1) }),
    settings('gelu', { approximate: flag.default(false) }),
    settings('softShrink', { threshold: nonNegative.default(0.5) }),
    settings('hardShrink', { threshold: nonNegative.default(0.5) }),
    settings('threshold', { threshold: number, defaultValue: number }),
    settings('squareplus', { b: naturalInt.default(4) }),
  ],
  expected('an activation with settings'),
)
export type ActivationSettings = z.infer<typeof withSettings>

const NAMES = ACTIVATIONS.filter((name) => name !== 'threshold')
export type Activation = Exclude<ActivationName, 'threshold'> | ActivationSettings

/** `relu`, or `{type: relu, maxValue: 6}`; silu and swish are the same. */
export const activation = z.union(
  [oneOf(NAMES as [Exclude<ActivationName, 'threshold'>, ...Exclude<ActivationName, 'threshold'>[]]), withSettings],
  expected('the name of an activation, or one with its settings'),
)

export function activationName(given: Activation): ActivationName {
  return typeof given === 'string' ? given : given.type
}

/** With all its settings, for those that have some. */
export function activationSettings(given: Activation): ActivationSettings | null {
  if (typeof given !== 'string') return given
  const parsed = withSettings.safeParse({ type: given })
  return parsed.success ? parsed.data : null
}
