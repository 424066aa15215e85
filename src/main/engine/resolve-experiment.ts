/** From the text of an experiment file to an experiment that can be trained here, or the list of its problems. */
import { MinimaError } from '../../contract/errors.ts'
import type { Experiment } from '../../contract/experiment/experiment.ts'
import type { Problem, RequestArgs } from '../../contract/requests.ts'
import type { DataShape } from './data/dataset.ts'
import { inspectData } from './data/inspect-data.ts'
import { checkExperiment } from './experiment/check.ts'
import { parseExperiment, type ParsedExperiment } from './experiment/parse.ts'
import { formatProblem, makeProblem, problemOfData } from './experiment/problems.ts'
import { planBackend } from './training/backends/ladder.ts'

export type ExperimentText = RequestArgs<'experiments.check'>

export interface CheckedExperiment {
  readonly experiment: Experiment | null
  readonly problems: readonly Problem[]
  /** null: the data could not be read. */
  readonly shape: DataShape | null
}

/** Reads of the data only what the check needs. */
export async function checkExperimentText(input: ExperimentText): Promise<CheckedExperiment> {
  return checkParsed(parseExperiment(input), input.baseDir)
}

/** As `checkExperimentText`, of what was parsed already. */
export async function checkParsed(parsed: ParsedExperiment, baseDir: string): Promise<CheckedExperiment> {
  const { experiment } = parsed
  if (!experiment) return { experiment: null, problems: parsed.problems, shape: null }
  try {
    const shape = await inspectData(experiment, baseDir)
    const { backend } = planBackend(experiment.backend)
    return {
      experiment,
      shape,
      problems: checkExperiment(experiment, shape, { backend: backend.name, positions: parsed.positions }),
    }
  } catch (error) {
    if (!(error instanceof MinimaError)) throw error
    const problem =
      error.code === 'backend-unavailable'
        ? makeProblem(['backend'], parsed.positions.of(['backend']), error.message)
        : problemOfData(error, parsed.positions)
    return { experiment, problems: [problem], shape: null }
  }
}

/** @throws MinimaError `experiment-invalid`; `details.problems` lists all of them. */
export async function resolveExperiment(input: ExperimentText): Promise<{ experiment: Experiment; text: string }> {
  const { experiment, problems } = await checkExperimentText(input)
  if (experiment && problems.length === 0) return { experiment, text: input.text }
  throw new MinimaError('experiment-invalid', problems.map(formatProblem).join('\n'), { problems, path: input.path })
}
