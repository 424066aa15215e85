/** What a trained model makes of rows of its data. */
import { z } from 'zod'
import { runId } from './terms.ts'

export const dataPart = z.enum(['train', 'validation', 'test'])

export const predictQuery = z.strictObject({
  runId,
  part: dataPart.default('test'),
  /** Rows of which outputs are told, from the first of the part; 0: loss and metrics alone, which are of all rows. */
  rows: z.int().min(0).max(1_000_000).default(100),
  /** Code of a script that the run kept is run even where it is no longer what its files hold. */
  runScript: z.boolean().default(false),
})

export const predictions = z.object({
  part: dataPart,
  /** Of the whole part. */
  rows: z.number(),
  /** Over the whole part, `loss` among them. */
  metrics: z.record(z.string(), z.number()),
  outputs: z.array(
    z.object({
      name: z.string(),
      /** What each number of it stands for: classes, or target columns; numbers where they have no name. */
      names: z.array(z.string()),
      /** Its numbers are probabilities of classes: of all, or of the second of two. */
      isClass: z.boolean(),
      /** Where in a row of `values` it begins, and ends before. */
      columns: z.tuple([z.number(), z.number()]),
    }),
  ),
  /** Activated outputs, row by row. */
  values: z.array(z.array(z.number())),
  /** What is true of each row: the name or number of its class, or the numbers of the target columns. */
  labels: z.array(z.array(z.union([z.string(), z.number()]))),
})
export type Predictions = z.infer<typeof predictions>
