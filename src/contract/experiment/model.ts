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

export const model = z
  .strictObject({
    inputs: z.record(text, columns).optional().describe('inputs by name; default: one called input, with all features'),
    layers: z.array(layerEntry).meta({ minItems: 1 }),
    outputs: z.array(output).min(1).optional().describe('layers whose results are judged; default: the last one'),
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
