/** Recurrent layers, and the layers around them. */
import { z } from 'zod'
import { activation } from '../activation.ts'
import { expected, flag, oneOf, positiveInt, rate } from '../expected.ts'
import { kernel, named } from './parts.ts'
import { constraint, initializer, regularizer } from './weights.ts'

const recurrent = {
  units: positiveInt,
  ...kernel,
  activation: activation.default('tanh'),
  recurrentInitializer: initializer.default('orthogonal'),
  recurrentRegularizer: regularizer.optional(),
  recurrentConstraint: constraint.optional(),
  dropout: rate.default(0).describe('of the inputs, alike at all steps'),
  recurrentDropout: rate.default(0).describe('of the state, alike at all steps'),
  returnSequences: flag.default(false).describe('give the output of each step'),
  goBackwards: flag.default(false),
  ...named,
}
const gates = { recurrentActivation: activation.default('sigmoid') }

const simpleRNN = z.strictObject({ type: z.literal('simpleRNN'), ...recurrent })
const lstm = z.strictObject({
  type: z.literal('lstm'),
  ...recurrent,
  ...gates,
  unitForgetBias: flag.default(true).describe('forget gates start open'),
})
const gru = z.strictObject({
  type: z.literal('gru'),
  ...recurrent,
  ...gates,
  resetAfter: flag.default(true).describe('whether the reset gate comes after the product'),
})

const recurrentLayer = z.discriminatedUnion(
  'type',
  [simpleRNN, lstm, gru],
  expected('a layer of type simpleRNN, lstm or gru'),
)

export const sequenceLayers = [
  simpleRNN,
  lstm,
  gru,
  z
    .strictObject({
      type: z.literal('bidirectional'),
      layer: recurrentLayer,
      mergeMode: oneOf(['concat', 'sum', 'ave', 'mul']).default('concat'),
      ...named,
    })
    .describe('a recurrent layer over the steps, and another one from the last to the first'),
] as const
