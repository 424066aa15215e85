/** Models in files of other programs: what is asked, and what is told of them. */
import { z } from 'zod'
import { runId } from './terms.ts'

export const exportQuery = z.strictObject({
  runId,
  /** Absolute; of tfjs and savedModel a folder. */
  file: z.string().min(1),
  format: z.enum(['keras', 'tfjs', 'savedModel']).default('keras'),
  /** Whether what the experiment does to its features goes into the model, as layers in front. */
  preprocessing: z.boolean().default(true),
})

export const exportedModel = z.object({
  file: z.string(),
  bytes: z.number(),
  layers: z.number(),
  params: z.number(),
  inputs: z.array(
    z.object({
      name: z.string(),
      /** Of a row. */
      shape: z.array(z.number()),
      /** Which features, in this order; null: images. */
      columns: z.array(z.string()).nullable(),
    }),
  ),
  outputs: z.array(
    z.object({
      name: z.string(),
      /** What its numbers stand for: classes in the order of their numbers, or target columns; null: nobody named them. */
      names: z.array(z.string()).nullable(),
    }),
  ),
  /** One line each: what became of preprocessing, loss and optimizer. */
  notes: z.array(z.string()),
})
export type ExportedModel = z.infer<typeof exportedModel>

export const importQuery = z.strictObject({
  /** Absolute. */
  file: z.string().min(1),
  /** What the experiment will call the file relative to. */
  baseDir: z.string(),
})

export const importedModel = z.object({
  /** The section `model` of an experiment file, and `fit` where the file says how it was trained: YAML. */
  text: z.string(),
  layers: z.number(),
})
export type ImportedModelText = z.infer<typeof importedModel>
