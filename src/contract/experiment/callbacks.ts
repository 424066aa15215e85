/** What accompanies a training: Keras's callbacks, with its settings and defaults in camelCase. */
import { z } from 'zod'
import { expected, flag, naturalInt, nonNegative, oneOf, positiveInt, rate, text } from './expected.ts'
import { schedule } from './learning-rate.ts'

const finite = z.number(expected('a number'))

/** A figure that is watched. */
const monitored = {
  monitor: text
    .default('val_loss')
    .describe('Keras’s name, such as val_accuracy, or the tag, such as validation/accuracy'),
  mode: oneOf(['auto', 'min', 'max'])
    .default('auto')
    .describe('whether less or more is better; auto: told by the name'),
}

const fileName = text.refine(
  (name) => name !== '' && !/^(\/|[a-z]:)|(^|[\\/])\.\.([\\/]|$)/i.test(name),
  expected('a name within the folder of the run'),
)

export const callback = z.discriminatedUnion(
  'type',
  [
    z
      .strictObject({
        type: z.literal('earlyStopping'),
        ...monitored,
        minDelta: nonNegative.default(0).describe('less than this is no improvement'),
        patience: naturalInt.default(0).describe('epochs without an improvement after which training ends'),
        baseline: finite.nullable().default(null).describe('what must be beaten for the patience to start anew'),
        restoreBestWeights: flag.default(false).describe('end with the weights of the best epoch'),
        startFromEpoch: naturalInt.default(0).describe('earlier epochs, counted from 0, are not looked at'),
      })
      .describe('ends training when a figure no longer improves'),
    z
      .strictObject({
        type: z.literal('reduceLROnPlateau'),
        ...monitored,
        factor: rate.default(0.1),
        patience: naturalInt.default(10),
        minDelta: nonNegative.default(0.0001),
        cooldown: naturalInt.default(0).describe('epochs after a reduction in which none is counted'),
        minLr: nonNegative.default(0),
      })
      .describe('multiplies the learning rate by factor when a figure no longer improves'),
    z
      .strictObject({
        type: z.literal('modelCheckpoint'),
        ...monitored,
        filepath: fileName
          .default('epoch-{epoch:02d}')
          .describe('within checkpoints/ of the run; {epoch}, {val_loss:.2f} and the like are filled in'),
        saveBestOnly: flag.default(false),
        saveWeightsOnly: flag.default(false).describe('without the layers'),
        everyEpochs: positiveInt.default(1),
        initialValueThreshold: finite.nullable().default(null).describe('what the first must beat to be the best'),
      })
      .describe('saves the model after epochs'),
    z
      .strictObject({
        type: z.literal('learningRateScheduler'),
        schedule: schedule.describe('of the epochs before this one, where it says batches'),
      })
      .describe('sets the learning rate of each epoch'),
    z
      .strictObject({
        type: z.literal('warmUp'),
        steps: positiveInt.describe('steps in which the rate rises to that of the optimizer'),
        initialLearningRate: nonNegative.default(0),
      })
      .describe('raises the learning rate in a straight line over the first steps'),
    z
      .strictObject({
        type: z.literal('csvLogger'),
        filename: fileName.default('log.csv').describe('within the folder of the run'),
        separator: text.default(','),
      })
      .describe('writes a line for each epoch'),
    z
      .strictObject({
        type: z.literal('tensorBoard'),
        logDir: fileName.default('logs').describe('within the folder of the run'),
        histogramFreq: naturalInt.default(0).describe('epochs from one histogram of the weights to the next; 0: none'),
        writeGraph: flag.default(true).describe('the layers and how they are connected'),
        writeStepsPerSecond: flag.default(false),
        updateFreq: z
          .union([oneOf(['epoch', 'batch']), positiveInt], expected('epoch, batch or a number of steps'))
          .default('epoch')
          .describe('how often figures of training are written, beside those of epochs'),
      })
      .describe('writes event files that TensorBoard reads: scalars, histograms, the graph, hparams'),
    z
      .strictObject({ type: z.literal('terminateOnNaN') })
      .describe('a loss that is not finite ends the run as finished, not as failed'),
    z
      .strictObject({
        type: z.literal('backupAndRestore'),
        everySteps: positiveInt.nullable().default(null).describe('null: after each epoch'),
      })
      .describe('a checkpoint to resume from after each epoch, however short it is'),
  ],
  expected('a callback with its type'),
)
export type CallbackSpec = z.infer<typeof callback>
export type CallbackType = CallbackSpec['type']
export type CallbackOf<T extends CallbackType> = Extract<CallbackSpec, { type: T }>

export const callbacks = z.array(callback).default([])
