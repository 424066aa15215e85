/** Holds callbacks, and what belongs to the epochs, against what the training writes. */
import { metricName } from '../../../contract/experiment/metrics.ts'
import type { CallbackSpec } from '../../../contract/experiment/callbacks.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { DataShape } from '../data/dataset.ts'
import { resolveGraph } from '../models/model-graph.ts'
import { outputsOfGraph, resolveOutputs } from '../models/model-outputs.ts'
import { monitorName } from '../training/callbacks/monitor.ts'
import { fieldsOf, patternFault } from '../training/callbacks/name-pattern.ts'
import { meantFigure } from './meant-names.ts'
import type { Report } from './problems.ts'

/** In the same folder: see `training/checkpoints/checkpoint-file.ts`. */
const RESUME_FILE = 'resume.state'

const SETS_RATE: readonly CallbackSpec['type'][] = ['reduceLROnPlateau', 'learningRateScheduler', 'warmUp']

export function checkCallbacks(experiment: Experiment, data: DataShape, report: Report): void {
  const { fit } = experiment
  const { parts } = data
  if (fit.epochs > 0 ? fit.initialEpoch >= fit.epochs : fit.initialEpoch > 0) {
    report(
      ['fit', 'initialEpoch'],
      `begins with epoch ${fit.initialEpoch} (counted from 0) of ${fit.epochs}: nothing is left to train`,
    )
  }
  // What a model of a script tells is known once it is built.
  const figures = experiment.model.from === 'script' ? null : figuresOf(experiment, data)
  for (const [index, callback] of fit.callbacks.entries()) {
    const at = ['fit', 'callbacks', index]
    if (figures && 'monitor' in callback && watches(callback) && !isThere(callback.monitor, figures)) {
      report([...at, 'monitor'], noFigure(callback.monitor, figures, parts.validation > 0))
    }
    if (callback.type === 'modelCheckpoint') checkPattern(callback.filepath, figures, at, report)
    if (SETS_RATE.includes(callback.type) && typeof fit.optimizer.learningRate !== 'number') {
      report(
        at,
        `${callback.type} sets the learning rate, which follows the schedule of the optimizer; give one of the two`,
      )
    }
  }
}

/** The names that an epoch ends with, as in Keras's logs. */
function figuresOf(experiment: Experiment, data: DataShape): string[] {
  const { graph } = resolveGraph(experiment.model, data)
  const { outputs } = resolveOutputs(experiment, outputsOfGraph(graph), data.target)
  const ofOutputs = outputs.flatMap(({ name, metrics, weightedMetrics }): readonly string[] => {
    const figures = [...metrics.map((one) => metricName(one)), ...weightedMetrics.map((one) => metricName(one, true))]
    return outputs.length === 1 ? figures : ['loss', ...figures].map((figure) => `${name}_${figure}`)
  })
  const figures = ['loss', ...ofOutputs]
  return [...figures, ...(data.parts.validation > 0 ? figures.map((name) => `val_${name}`) : []), 'learning_rate']
}

/** One that saves every epoch does not look at the figure. */
function watches(callback: CallbackSpec): boolean {
  return callback.type !== 'modelCheckpoint' || callback.saveBestOnly
}

function isThere(monitor: string, figures: readonly string[]): boolean {
  return figures.includes(monitor) || figures.includes(monitorName(monitor))
}

function noFigure(monitor: string, figures: readonly string[], validates: boolean): string {
  if (!validates && monitorName(monitor).startsWith('val_')) {
    return `there is no ${monitor}, as no rows are kept for validation; set split.validation, or watch ${figures[0]}`
  }
  return `nothing writes ${monitor}; ${meant(monitor, figures)}`
}

function meant(monitor: string, figures: readonly string[]): string {
  const closest = meantFigure(monitor, figures)
  return closest === null ? `there are ${figures.join(', ')}` : `did you mean ${closest}?`
}

function checkPattern(
  pattern: string,
  figures: readonly string[] | null,
  at: readonly (string | number)[],
  report: Report,
): void {
  const path = [...at, 'filepath']
  const fault = patternFault(pattern)
  if (fault !== null) return report(path, fault)
  if (pattern === RESUME_FILE) return report(path, 'is what the state to resume from is called; take another name')
  if (figures === null) return
  const known = ['epoch', ...figures]
  const missing = fieldsOf(pattern).find((name) => !isThere(name, known))
  if (missing !== undefined) report(path, `nothing writes ${missing}; ${meant(missing, known)}`)
}
