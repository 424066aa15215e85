/** Activations, by Keras's names in camelCase. */
import type { z } from 'zod'
import { oneOf } from './expected.ts'

export const activation = oneOf([
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'tanh',
  'softmax',
  'swish',
])
export type Activation = z.infer<typeof activation>
