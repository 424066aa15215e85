/** Whether a run can be trained on, with what, and from where. */
import { MinimaError } from '../../contract/errors.ts'
import type { Experiment } from '../../contract/experiment/experiment.ts'
import type { RunDetail } from '../../contract/run.ts'
import { isLive } from '../../contract/terms.ts'
import { resolveExperiment, type ExperimentText } from './resolve-experiment.ts'
import type { Position } from './training/checkpoints/checkpoint.ts'
import { readPosition } from './training/checkpoints/checkpoint-file.ts'

export interface Resumable {
  readonly experiment: Experiment
  readonly baseDir: string
  readonly position: Position
}

/**
 * @param given in place of the experiment that the run began with
 * @throws MinimaError `bad-request` when it trains, or has nothing left to train; `not-found` without a checkpoint;
 *   `experiment-invalid`
 */
export async function resolveResume(
  run: RunDetail,
  runDir: string,
  given: ExperimentText | null,
  overrides: ExperimentText['overrides'],
): Promise<Resumable> {
  const { name } = run
  if (isLive(run.state)) throw new MinimaError('bad-request', `${name} is ${run.state}: it goes on by itself`)
  const position = readPosition(runDir)
  if (position === null) {
    throw new MinimaError('not-found', `${name} has no checkpoint to resume from; it can only be trained anew`)
  }
  const own = { text: JSON.stringify(run.config), baseDir: run.environment?.workingDir ?? '', path: run.sourcePath }
  const text = given ?? { ...own, overrides }
  const { experiment } = await resolveExperiment(text)
  const { epochs } = experiment.fit
  if (position.epoch >= epochs) {
    throw new MinimaError(
      'bad-request',
      `${name} has trained all of its ${epochs} epochs; give it more to go on: --set fit.epochs=${2 * epochs}`,
    )
  }
  return { experiment, baseDir: text.baseDir, position }
}
