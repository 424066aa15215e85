/** The run whose weights a model begins with, found by what the experiment calls it. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { MinimaError } from '../../contract/errors.ts'
import type { Experiment } from '../../contract/experiment/experiment.ts'
import type { Store } from './store/store.ts'

/**
 * @returns where it lies; null: the experiment names no run
 * @throws MinimaError `not-found` when there is no such run or file, or the run has saved no weights
 */
export function resolveInitialRun(store: Store, { model }: Experiment, baseDir: string): string | null {
  const { initialWeights } = model
  if (initialWeights === undefined) return null
  if ('file' in initialWeights) {
    const path = resolve(baseDir, initialWeights.file)
    if (!existsSync(path)) throw new MinimaError('not-found', `model.initialWeights.file: there is no ${path}`)
    return null
  }
  const { run: called } = initialWeights
  const runs = store.runs.list()
  const found = runs.find(({ runId }) => runId === called) ?? runs.find(({ name }) => name === called)
  if (!found) throw new MinimaError('not-found', `model.initialWeights.run: no run has the id or name ${called}`)
  const weightsDir = store.runs.get(found.runId)?.weightsDir ?? null
  if (weightsDir === null)
    throw new MinimaError('not-found', `model.initialWeights.run: ${called} has saved no weights`)
  return weightsDir
}
