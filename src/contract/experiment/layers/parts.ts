/** What schemas of layers share. */
import { z } from 'zod'
import { activation } from '../activation.ts'
import { expected, flag, oneOf, positiveInt, text } from '../expected.ts'
import { constraint, initializer, regularizer } from './weights.ts'

/** Of every layer. */
export const named = {
  name: text.regex(/^[A-Za-z0-9_.-]+$/, expected('letters, digits, _ . or -')).optional(),
  from: z
    .union([text, z.array(text).min(1)], expected('the name of an input or a layer, or a list of names'))
    .optional()
    .describe('what it takes: the name of an input or of a layer above; default: the layer before'),
  trainable: flag.optional().describe('false: its weights stay as they are'),
}

export const bias = {
  useBias: flag.default(true),
  biasInitializer: initializer.default('zeros'),
  biasRegularizer: regularizer.optional(),
  biasConstraint: constraint.optional(),
}

/** Of layers that end in an activation. */
export const activated = {
  activation: activation.default('linear'),
  activityRegularizer: regularizer.optional().describe('a penalty on what the layer gives, per row'),
}

export const kernel = {
  ...activated,
  kernelInitializer: initializer.default('glorotUniform'),
  kernelRegularizer: regularizer.optional(),
  kernelConstraint: constraint.optional(),
  ...bias,
}

export const sizes = (count: number) =>
  z.union(
    [positiveInt, z.array(positiveInt).length(count)],
    expected(count === 1 ? 'a positive integer' : `a positive integer, or a list of ${count} of them`),
  )

export const padding = oneOf(['valid', 'same'])
  .default('valid')
  .describe('valid: windows stay within; same: as many outputs as inputs when strides are 1')

export const oneAxis = z.int(expected('an axis')).default(-1)
