/** From the text of an experiment file to the experiment, or to what is wrong with it and where. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { experiment as experimentSchema } from '../../../contract/experiment/experiment.ts'
import type { Problem, RequestArgs } from '../../../contract/requests.ts'
import { applyOverrides } from './overrides.ts'
import type { KeyPath, Positions } from './positions.ts'
import { NO_POSITIONS, positionsIn } from './positions.ts'
import { makeProblem } from './problems.ts'
import { parseYaml } from './yaml-text.ts'
import { problemsOfIssue } from './zod-problems.ts'

export interface ParsedExperiment {
  /** All defaults filled in; null when there are problems. */
  readonly experiment: Experiment | null
  /** In the order of the lines; those without one come last. */
  readonly problems: readonly Problem[]
  readonly positions: Positions
}

type ExperimentText = Pick<RequestArgs<'experiments.check'>, 'text' | 'overrides'>

/** Never throws on bad input. */
export function parseExperiment({ text, overrides }: ExperimentText): ParsedExperiment {
  const yaml = parseYaml(text)
  if (yaml.problems.length > 0) return faulty(yaml.problems, positionsIn(yaml.document, yaml.lines, []))
  return parseExperimentValue(yaml.value, overrides, (hidden) => positionsIn(yaml.document, yaml.lines, hidden))
}

/** As `parseExperiment`, of what was read already. @param positionsWithout the settings that were set beside the text */
export function parseExperimentValue(
  given: unknown,
  overrides: ExperimentText['overrides'],
  positionsWithout: (hidden: readonly KeyPath[]) => Positions,
): ParsedExperiment {
  const emptiness = emptinessOf(given)
  if (emptiness !== null) return faulty([makeProblem('', null, emptiness)], NO_POSITIONS)
  const { value, paths, problems } = applyOverrides(given, overrides)
  const positions = positionsWithout(paths)
  const checked = experimentSchema.safeParse(value)
  const context = { schema: experimentSchema, value, positions }
  const issues = checked.error?.issues.flatMap((issue) => problemsOfIssue(issue, context)) ?? []
  const all = [...problems, ...issues]
  if (all.length > 0 || !checked.success) return faulty(all, positions)
  return { experiment: checked.data, problems: [], positions }
}

function emptinessOf(value: unknown): string | null {
  if (value === null || value === undefined) return 'the file is empty; an experiment has data, a model and a fit'
  if (typeof value === 'object' && !Array.isArray(value)) return null
  return 'expected a mapping with data, model and fit'
}

function faulty(problems: readonly Problem[], positions: Positions): ParsedExperiment {
  const sorted = problems.toSorted((one, other) => (one.line ?? Infinity) - (other.line ?? Infinity) || 0)
  return { experiment: null, problems: sorted, positions }
}
