/** Lets a trainer write a model into a file. */
import type { ExportedModel } from '../../../contract/model-files.ts'
import { askChild } from './ask-child.ts'
import type { ExportJob } from './export-model.ts'

/** @throws MinimaError what the trainer failed with, or `trainer-died` */
export function exportInChild(script: string, job: ExportJob): Promise<ExportedModel> {
  return askChild(script, '--export', job)
}
