/**
 * Optimizer defaults and schedules of every `ops_*.json`. What it holds of losses, activations, layers and first
 * weights is held in `test/engine/models/keras-golden.test.ts`.
 */
import { describe, expect, it } from 'vitest'
import { schedule } from '../../src/contract/experiment/learning-rate.ts'
import { OPTIMIZERS, optimizerDefaults } from '../../src/contract/experiment/optimizer.ts'
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
})
