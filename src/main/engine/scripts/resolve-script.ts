/** From a script to the experiment that it exports, or to what is wrong with it, at the user's file and line. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { Hparams } from '../../../contract/run.ts'
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
  /** Whether the training runs code of it. */
  readonly hasCode: boolean
}

/** @param program `script.mjs` @throws MinimaError `experiment-invalid`; `details.problems` lists all. */
export async function resolveScript(program: string, input: ScriptInput): Promise<ResolvedScript> {
  const { value, files, hasCode } = await readScript(program, input.path, hparamsIn(input.overrides))
  const text = files.find(({ path }) => path === input.path)?.text ?? ''
  const parsed = parseExperimentValue(value, input.overrides, (hidden) => positionsInScript(text, hidden))
  const { experiment, problems } = await checkParsed(parsed, input.baseDir)
  if (experiment && problems.length === 0) return { experiment, text, files, hasCode }
  const message = problems.map((problem) => formatAt(input.path, problem)).join('\n')
  throw new MinimaError('experiment-invalid', message, { problems, path: input.path })
}

/** Of `hparams.units=3`, units. */
function hparamsIn(overrides: ScriptInput['overrides']): Hparams {
  const entries = Object.entries(overrides).flatMap(([path, value]) => {
    if (path === 'hparams') return Object.entries((value as object | null) ?? {})
    return path.startsWith('hparams.') ? [[path.slice('hparams.'.length), value] as const] : []
  })
  return Object.fromEntries(entries) as Hparams
}

/** `/home/me/my-model.ts:14: fit.batchSize: expected …` */
function formatAt(path: string, problem: Problem): string {
  const where = problem.line === null ? path : `${path}:${problem.line}`
  return `${where}: ${formatProblem({ ...problem, line: null })}`
}
