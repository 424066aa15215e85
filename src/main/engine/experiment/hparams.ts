/** The settings of an experiment as a flat list of hparams, for tables and comparison. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Hparams } from '../../../contract/run.ts'

export function hparamsOf(experiment: Experiment): Hparams {
  const { fit, model, split } = experiment
  const { type, ...settings } = fit.optimizer
  return {
    optimizer: type,
    ...settings,
    loss: fit.loss,
    batchSize: fit.batchSize,
    epochs: fit.epochs,
    seed: fit.seed,
    layers: model.layers.map(describeLayer).join(' → '),
    ...(split.validation > 0 && { validationSplit: split.validation }),
  }
}

type Layer = Experiment['model']['layers'][number]

/** Such as `dense 300 relu` or `dropout 0.2`. */
function describeLayer(layer: Layer): string {
  const parts: (string | number)[] = [layer.type]
  if ('units' in layer) parts.push(layer.units)
  if ('filters' in layer) parts.push(layer.filters)
  if ('rate' in layer) parts.push(layer.rate)
  if ('activation' in layer && layer.activation !== 'linear') parts.push(layer.activation)
  return parts.join(' ')
}
