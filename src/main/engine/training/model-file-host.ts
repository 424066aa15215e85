/** Lets a trainer write a model into a file, or read one. */
import type { ExportedModel, ImportedModelText } from '../../../contract/model-files.ts'
import { askChild } from './ask-child.ts'
import type { ExportJob } from './export-model.ts'
import type { ImportJob } from './import-model.ts'

/** @throws MinimaError what the trainer failed with, or `trainer-died` */
export function exportInChild(script: string, job: ExportJob): Promise<ExportedModel> {
  return askChild(script, '--export', job)
}

/** @throws MinimaError what the trainer failed with, or `trainer-died` */
export function importInChild(script: string, job: ImportJob): Promise<ImportedModelText> {
  return askChild(script, '--import', job)
}
