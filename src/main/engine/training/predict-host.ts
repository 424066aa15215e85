/** Lets a trainer predict. */
import type { Predictions } from '../../../contract/predictions.ts'
import { askChild } from './ask-child.ts'
import type { PredictJob } from './predict.ts'

/** @throws MinimaError what the trainer failed with, or `trainer-died` */
export function predictInChild(script: string, job: PredictJob): Promise<Predictions> {
  return askChild(script, '--predict', job)
}
