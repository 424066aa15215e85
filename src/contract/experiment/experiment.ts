/** The experiment file: data, preprocessing, split, model, fit and what to log. */
import { z } from 'zod'
import { backendChoice, data, preprocessStep, split } from './data.ts'
import { expected, flag, naturalInt, positive, positiveInt, text } from './expected.ts'
import { fit } from './fit.ts'
import { model } from './model.ts'

export const experiment = z.strictObject({
  $schema: text.optional(),
  name: text.optional().describe('what runs of this file are called; default: the name of the file'),
  description: text.optional(),
  hparams: z
    .record(text, z.union([z.number(), text, flag, z.null()], expected('a number, text, true, false or null')))
    .default({})
    .describe("what a script's build(hp) and fit(hp, model) are given; shown with the run"),
  data,
  preprocess: z.array(preprocessStep).default([]),
  split: split.default(split.parse({})),
  model,
  fit,
  log: z
    .strictObject({
      everySteps: positiveInt.default(1).describe('steps from one batch scalar to the next; none is dropped later'),
      histogramsEveryEpochs: naturalInt.default(1).describe('weights and gradients; 0: never'),
      systemEverySecs: positive.default(1),
    })
    .default({ everySteps: 1, histogramsEveryEpochs: 1, systemEverySecs: 1 }),
  backend: backendChoice.default('auto'),
})
export type Experiment = z.infer<typeof experiment>
export type ExperimentInput = z.input<typeof experiment>
