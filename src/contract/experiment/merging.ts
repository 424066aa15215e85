/** Layers that take several inputs, by Keras's names in camelCase; `from` says which. */
import { z } from 'zod'
import { expected, flag } from './expected.ts'

const axis = z.int(expected('the number of an axis; -1: the last')).default(-1)
const axes = z
  .union([z.int(), z.tuple([z.int(), z.int()])], expected('the number of an axis, or one for each of the two inputs'))
  .default(-1)
type Elementwise = 'add' | 'subtract' | 'multiply' | 'average' | 'maximum' | 'minimum'

/** @param common what all layers have: a name, and where they stand in the graph */
export function mergingLayers<T extends z.ZodRawShape>(common: T) {
  const elementwiseOf = <const K extends Elementwise>(type: K, of: string) =>
    z.strictObject({ type: z.literal(type), ...common }).describe(of)
  return [
    z
      .strictObject({ type: z.literal('concatenate'), axis, ...common })
      .describe('one after the other along an axis, which counts the batch as 0'),
    elementwiseOf('add', 'the sum, number by number'),
    elementwiseOf('subtract', 'the first less the second'),
    elementwiseOf('multiply', 'the product, number by number'),
    elementwiseOf('average', 'the mean, number by number'),
    elementwiseOf('maximum', 'the greatest, number by number'),
    elementwiseOf('minimum', 'the least, number by number'),
    z
      .strictObject({ type: z.literal('dot'), axes, normalize: flag.default(false), ...common })
      .describe('scalar products along an axis; normalize: of unit vectors, that is the cosine'),
  ] as const
}
