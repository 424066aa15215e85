/** How weights start, what they cost and how they are held: Keras's initializers, regularizers and constraints. */
import { z } from 'zod'
import { expected, fraction, nonNegative, oneOf, positive } from '../expected.ts'

const number = z.number(expected('a number'))

const NAMED_INITIALIZERS = [
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'leCunUniform',
  'leCunNormal',
  'lecunUniform',
  'lecunNormal',
  'randomUniform',
  'randomNormal',
  'truncatedNormal',
  'varianceScaling',
  'orthogonal',
  'identity',
  'constant',
  'zeros',
  'ones',
] as const

const initializerName = oneOf(NAMED_INITIALIZERS)

/** With parameters, those that have some. */
const initializerObject = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('constant'), value: number.default(0) }),
    z.strictObject({ type: z.literal('randomUniform'), minval: number.default(-0.05), maxval: number.default(0.05) }),
    z.strictObject({ type: z.literal('randomNormal'), mean: number.default(0), stddev: nonNegative.default(0.05) }),
    z
      .strictObject({ type: z.literal('truncatedNormal'), mean: number.default(0), stddev: nonNegative.default(0.05) })
      .describe('normal, drawn again beyond two standard deviations'),
    z
      .strictObject({
        type: z.literal('varianceScaling'),
        scale: positive.default(1),
        mode: oneOf(['fanIn', 'fanOut', 'fanAvg']).default('fanIn'),
        distribution: oneOf(['truncatedNormal', 'untruncatedNormal', 'uniform']).default('truncatedNormal'),
      })
      .describe('with a variance of scale / mode'),
    z.strictObject({ type: z.literal('orthogonal'), gain: number.default(1) }),
    z.strictObject({ type: z.literal('identity'), gain: number.default(1) }),
  ],
  expected(
    'an initializer with a type of constant, randomUniform, randomNormal, truncatedNormal, varianceScaling, orthogonal or identity',
  ),
)

export const initializer = z.union(
  [initializerName, initializerObject],
  expected(`one of ${NAMED_INITIALIZERS.join(', ')}, or {type: …} with its parameters`),
)
export type Initializer = z.infer<typeof initializer>
export type InitializerName = z.infer<typeof initializerName>
export type InitializerObject = z.infer<typeof initializerObject>

export const regularizer = z
  .union(
    [
      oneOf(['l1', 'l2', 'l1l2', 'orthogonal']),
      z.strictObject({ l1: nonNegative.default(0), l2: nonNegative.default(0) }),
      z.strictObject({ type: z.literal('l1'), l1: nonNegative.default(0.01) }),
      z.strictObject({ type: z.literal('l2'), l2: nonNegative.default(0.01) }),
      z.strictObject({ type: z.literal('l1l2'), l1: nonNegative.default(0), l2: nonNegative.default(0) }),
      z
        .strictObject({
          type: z.literal('orthogonal'),
          factor: nonNegative.default(0.01),
          mode: oneOf(['rows', 'columns']).default('rows'),
        })
        .describe('for matrices: what rows or columns have in common costs'),
    ],
    expected('l1, l2, l1l2, orthogonal, {l1, l2}, or {type: …} with its parameters'),
  )
  .describe('a penalty that is added to the loss')
export type Regularizer = z.infer<typeof regularizer>

const axis = z
  .union([z.int(), z.array(z.int()).min(1)], expected('an axis, or a list of them'))
  .describe('along which norms are taken')

export const constraint = z
  .union(
    [
      oneOf(['maxNorm', 'nonNeg', 'unitNorm', 'minMaxNorm']),
      z.strictObject({ type: z.literal('maxNorm'), maxValue: positive.default(2), axis: axis.default(0) }),
      z.strictObject({ type: z.literal('nonNeg') }),
      z.strictObject({ type: z.literal('unitNorm'), axis: axis.default(0) }),
      z.strictObject({
        type: z.literal('minMaxNorm'),
        minValue: nonNegative.default(0),
        maxValue: positive.default(1),
        rate: fraction.default(1),
        axis: axis.default(0),
      }),
    ],
    expected('maxNorm, nonNeg, unitNorm, minMaxNorm, or {type: …} with its parameters'),
  )
  .describe('what the weights are brought back to after each update')
export type Constraint = z.infer<typeof constraint>
