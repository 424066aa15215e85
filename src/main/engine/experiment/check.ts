/** What a well-formed experiment file still gets wrong: shapes, labels against loss, sizes, and what the backend cannot train. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Problem } from '../../../contract/requests.ts'
import type { DataShape } from '../data/dataset.ts'
import type { BackendName } from '../models/backend-limits.ts'
import { checkCallbacks } from './check-callbacks.ts'
import { checkData } from './check-data.ts'
import { checkLayers } from './check-layers.ts'
import { checkOutputs } from './check-target.ts'
import type { Positions } from './positions.ts'
import { NO_POSITIONS } from './positions.ts'
import type { Report } from './problems.ts'
import { makeProblem } from './problems.ts'

export type { BackendName }

export interface CheckContext {
  /** The rung that would train it. */
  readonly backend: BackendName
  /** For line numbers; problems have none without it. */
  readonly positions?: Positions
}

/** Problems in the order of the file's parts. */
export function checkExperiment(experiment: Experiment, data: DataShape, context: CheckContext): Problem[] {
  const { positions = NO_POSITIONS, backend } = context
  const problems: Problem[] = []
  const report: Report = (at, message, label) => {
    problems.push(makeProblem(label ?? at, positions.of(at), message))
  }
  checkData(experiment, data, report)
  checkCallbacks(experiment, data, report)
  if (experiment.model.from === 'script') return problems
  const layers = checkLayers(experiment, data, backend, report)
  // The beginning of a large file need not have all classes: the trainer checks again once it has read all.
  if (layers !== null && !data.estimated) checkOutputs(experiment, data.target, layers, report)
  return problems
}
