/** From a script to the experiment that it exports, or to what is wrong with it, at the user's file and line. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Problem } from '../../../contract/requests.ts'
import { parseExperimentValue } from '../experiment/parse.ts'
import { formatProblem } from '../experiment/problems.ts'
import { checkParsed } from '../resolve-experiment.ts'
import { positionsInScript } from './literal-positions.ts'
import { readScript } from './read-script.ts'
import type { SourceFile } from './script-protocol.ts'

export interface ScriptInput {
  /** Absolute. */
  readonly path: string
  readonly baseDir: string
  readonly overrides: Readonly<Record<string, unknown>>
}

export interface ResolvedScript {
  readonly experiment: Experiment
  /** The script as it was run. */
  readonly text: string
  readonly files: readonly SourceFile[]
}

/** @param program `script.mjs` @throws MinimaError `experiment-invalid`; `details.problems` lists all. */
export async function resolveScript(program: string, input: ScriptInput): Promise<ResolvedScript> {
  const { value, files } = await readScript(program, input.path)
  const text = files.find(({ path }) => path === input.path)?.text ?? ''
  const parsed = parseExperimentValue(value, input.overrides, (hidden) => positionsInScript(text, hidden))
  const { experiment, problems } = await checkParsed(parsed, input.baseDir)
  if (experiment && problems.length === 0) return { experiment, text, files }
  const message = problems.map((problem) => formatAt(input.path, problem)).join('\n')
  throw new MinimaError('experiment-invalid', message, { problems, path: input.path })
}

/** `/home/me/my-model.ts:14: fit.batchSize: expected …` */
function formatAt(path: string, problem: Problem): string {
  const where = problem.line === null ? path : `${path}:${problem.line}`
  return `${where}: ${formatProblem({ ...problem, line: null })}`
}
