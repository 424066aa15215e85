/** The model of an experiment: a list of layers, or a graph of them with inputs and outputs of its own. */
import { z } from 'zod'
import { expected, text } from './expected.ts'
import { layerEntry } from './layers.ts'

const columns = z
  .union([z.literal('all'), z.array(text).min(1)], expected('all, or a list of feature columns'))
  .describe('feature columns, by their names in the data; a column that is one-hot encoded gives all of its own')

const output = z.union(
  [
    text,
    z.strictObject({
      layer: text.describe('name of a layer'),
      target: z
        .union([text, z.array(text).min(1)], expected('a target column, or a list of them'))
        .describe('which of the target columns it is to tell; default: all'),
    }),
  ],
  expected('the name of a layer, or {layer, target}'),
)

const ofLayers = z
  .array(text)
  .min(1)
  .optional()
  .describe('names of the layers that take theirs; default: all that have weights, none of which may then be missing')

const initialWeights = z
  .union(
    [
      z.strictObject({
        file: text
          .min(1, expected('a path'))
          .meta({ format: 'path' })
          .describe("Keras's .keras or .h5, or the folder of a TensorFlow.js model"),
        layers: ofLayers,
      }),
      z.strictObject({ run: text.describe('id or name of a run in this workspace'), layers: ofLayers }),
    ],
    expected('{file} or {run}, perhaps with layers'),
  )
  .describe('trained weights to begin with, by the names of the layers; with trainable: false they stay')
export type InitialWeights = z.infer<typeof initialWeights>

export const model = z
  .strictObject({
    inputs: z.record(text, columns).optional().describe('inputs by name; default: one called input, with all features'),
    layers: z.array(layerEntry).meta({ minItems: 1 }),
    outputs: z.array(output).min(1).optional().describe('layers whose results are judged; default: the last one'),
    initialWeights: initialWeights.optional(),
    from: z
      .literal('script')
      .optional()
      .meta({ description: 'written by Minima: the model is what build(hp) of the script gives' }),
  })
  .superRefine(({ layers, from }, context) => {
    if (layers.length === 0 && from === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['layers'],
        message: 'expected at least one layer, got none',
        input: layers,
      })
    }
  })
export type ModelSpec = z.infer<typeof model>
