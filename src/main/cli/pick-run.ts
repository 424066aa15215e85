/** A run by what a person calls it. */
import { MinimaError } from '../../contract/errors.ts'
import type { RunRecord } from '../../contract/run.ts'

/** By its id, else the newest of that name. @throws MinimaError `not-found` */
export function pickRun(runs: readonly RunRecord[], idOrName: string): RunRecord {
  const found = runs.find((run) => run.runId === idOrName) ?? runs.find((run) => run.name === idOrName)
  if (!found) throw new MinimaError('not-found', `no run has the id or name ${idOrName}; \`minima runs\` lists them`)
  return found
}
