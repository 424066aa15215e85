/**
 * Optimizer defaults, schedules and callbacks of every `ops_*.json`. What it holds of losses, activations, layers and first
 * weights is held in `test/engine/models/keras-golden.test.ts`.
 */
import { describe, expect, it } from 'vitest'
import { callback } from '../../src/contract/experiment/callbacks.ts'
import { schedule } from '../../src/contract/experiment/learning-rate.ts'
import { OPTIMIZERS, optimizerDefaults } from '../../src/contract/experiment/optimizer.ts'
import { createCallbackList } from '../../src/main/engine/training/callbacks/callback-list.ts'
import { createCallbacks } from '../../src/main/engine/training/callbacks/create-callbacks.ts'
import { fakeControl } from '../engine/training/callbacks/control.ts'
import { scheduleOf as rateOf } from '../../src/main/engine/models/optimizers/learning-rate.ts'
import { noGoldens, numberOf, readGoldens } from './goldens.ts'
import { scheduleOf, settingsOf, type KerasConfig } from './keras-names.ts'

interface OpsGolden {
  readonly optimizer_defaults: Readonly<Record<string, KerasConfig>>
  readonly schedules: readonly {
    readonly schedule: string
    readonly config: KerasConfig
    readonly step: readonly number[]
    readonly lr: readonly (number | string)[]
  }[]
  readonly callbacks: readonly GoldenSequence[]
}

/** What a callback did while `val_loss` went so. */
interface GoldenSequence {
  readonly callback: string
  readonly config: KerasConfig
  readonly val_loss: readonly (number | string)[]
  readonly stopped_after_epoch_index?: number | null
  readonly best?: number | string
  readonly best_epoch?: number
  readonly weights_are_those_of_epoch_index?: number
  readonly lr_start?: number
  readonly lr_after_each_epoch?: readonly number[]
}

const goldens = readGoldens<OpsGolden>('ops')
if (goldens.length === 0) it('every ops_*.json', ({ skip }) => skip(noGoldens('ops')))

describe.each(goldens)('$file', ({ golden }) => {
  const defaults = Object.entries(golden.optimizer_defaults).map(([name, config]) => ({ name, config }))

  it.each(defaults)('defaults of $name', ({ name, config }) => {
    const type = OPTIMIZERS.find((known) => known === name.toLowerCase())
    expect(type).toBeDefined()
    if (type === undefined) return
    const { type: _, excludeFromWeightDecay, learningRate, ...ours } = optimizerDefaults(type)
    const { learningRate: theirRate, ...theirs } = settingsOf(config)
    expect(ours).toEqual(theirs)
    expect(Math.fround(Number(learningRate))).toBe(theirRate)
    expect(excludeFromWeightDecay).toEqual([])
  })

  it.each(golden.schedules.map((of, index) => ({ ...of, index })))('schedule $index: $schedule', (of) => {
    const rate = rateOf(schedule.parse(scheduleOf({ class_name: of.schedule, config: of.config })))
    const wanted = of.lr.map(numberOf)
    const apart = of.step.map((step, index) => Math.abs((rate?.(step) ?? NaN) - (wanted[index] ?? NaN)))
    const greatest = Math.max(...wanted.map(Math.abs))
    expect(Math.max(...apart)).toBeLessThanOrEqual(2e-7 * greatest)
  })

  it.each(golden.callbacks.map((of, index) => ({ ...of, index })))('callback $index: $callback $config', async (of) => {
    expect(await runSequence(of)).toEqual({
      stopped_after_epoch_index: of.stopped_after_epoch_index ?? null,
      best: of.best === undefined ? undefined : numberOf(of.best),
      best_epoch: of.best_epoch,
      weights_are_those_of_epoch_index: of.weights_are_those_of_epoch_index,
      lr_after_each_epoch: of.lr_after_each_epoch,
    })
  })
})

/** What ours does of it, in the golden's words. */
async function runSequence(of: GoldenSequence): Promise<Record<string, unknown>> {
  const type = of.callback.charAt(0).toLowerCase() + of.callback.slice(1)
  const [ours] = createCallbacks([callback.parse({ type, ...settingsOf(of.config) })])
  if (ours === undefined) throw new Error(`there is no ${type}`)
  const control = fakeControl(of.lr_start)
  const list = createCallbackList([ours], control, () => undefined)
  const rates: number[] = []
  await list.begin([])
  let epoch = 0
  for (; epoch < of.val_loss.length && !control.stopped; epoch++) {
    control.weightsOf = epoch
    await list.indexed('onEpochEnd', epoch, { val_loss: numberOf(of.val_loss[epoch] ?? NaN) })
    rates.push(control.learningRate)
  }
  await list.whole('onTrainEnd', {})
  const stops = of.callback === 'EarlyStopping'
  const { best, bestEpoch } = ours.state?.() as { best: number; bestEpoch?: number }
  return {
    stopped_after_epoch_index: control.stopped ? epoch - 1 : null,
    best: stops ? best : undefined,
    best_epoch: bestEpoch,
    weights_are_those_of_epoch_index: stops ? control.weightsOf : undefined,
    lr_after_each_epoch: of.lr_after_each_epoch && rates,
  }
}
