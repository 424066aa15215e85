/** The settings of an experiment as a flat list of hparams, for tables and comparison. */
import { activationName } from '../../../contract/experiment/activation.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { lossesOf } from '../../../contract/experiment/fit.ts'
import { lossDefaults, type Loss } from '../../../contract/experiment/losses.ts'
import type { OptimizerSpec } from '../../../contract/experiment/optimizer.ts'
import type { Hparams } from '../../../contract/run.ts'

export function hparamsOf(experiment: Experiment): Hparams {
  const { fit, model, split } = experiment
  return {
    ...optimizerHparams(fit.optimizer),
    loss: lossesOf(fit).map(describeLoss).join(', '),
    batchSize: fit.batchSize,
    epochs: fit.epochs,
    seed: fit.seed,
    ...(fit.callbacks.length > 0 && { callbacks: fit.callbacks.map(({ type }) => type).join(', ') }),
    layers: model.from === 'script' ? 'build(hp)' : model.layers.map(describeLayer).join(' → '),
    ...(split.validation > 0 && { validationSplit: split.validation }),
    ...experiment.hparams,
  }
}

/** Settings that are in use; a schedule by its type beside its numbers. */
function optimizerHparams({ type, learningRate, ...settings }: OptimizerSpec): Hparams {
  const { type: schedule, ...rates } =
    typeof learningRate === 'number' ? { type: null, learningRate } : { ...learningRate }
  const named = { optimizer: type, ...(schedule && { learningRateSchedule: schedule }), ...rates, ...settings }
  const { useEma, emaMomentum, ...others } = named
  const used = { ...others, ...(useEma && { useEma, emaMomentum }) }
  const entries = Object.entries(used).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== '')) as Hparams
}

/** `huber`, or `huber delta 2` where a setting is not Keras's default. */
function describeLoss(loss: Loss): string {
  const usual = Object.entries(lossDefaults(loss.type))
  const own = Object.entries(loss).filter(([key, value]) => !usual.some(([known, of]) => known === key && of === value))
  return [loss.type, ...own.flat()].join(' ')
}

type Layer = Experiment['model']['layers'][number]

/** Such as `dense 300 relu` or `dropout 0.2`. */
function describeLayer(layer: Layer): string {
  const parts: (string | number)[] = [layer.type]
  if ('units' in layer) parts.push(layer.units)
  if ('filters' in layer) parts.push(layer.filters)
  if ('rate' in layer) parts.push(layer.rate)
  if ('activation' in layer && layer.activation !== 'linear') parts.push(activationName(layer.activation))
  return parts.join(' ')
}
