/** Trained weights that a model begins with, where the experiment names a file or a run. */
import { join, resolve } from 'node:path'
import { putWeights } from '../models/keras-file/initial-weights.ts'
import { readModelFile } from '../models/keras-file/read-model-file.ts'
import type { Tf, TfLayer } from '../models/tf.ts'
import type { StartMessage } from './trainer-protocol.ts'

/**
 * @returns what a person should know of it, one line each
 * @throws MinimaError `not-found`, or `data-invalid` that names the layers which do not fit
 */
export async function putInitialWeights(tf: Tf, layers: readonly TfLayer[], job: StartMessage): Promise<string[]> {
  const { initialWeights } = job.experiment.model
  if (initialWeights === undefined) return []
  const isFile = 'file' in initialWeights
  const source = isFile ? initialWeights.file : `the run ${initialWeights.run}`
  const path = isFile ? resolve(job.baseDir, initialWeights.file) : join(job.initialRunDir ?? '.', 'final')
  const { weights } = await readModelFile(path)
  const chosen = initialWeights.layers ?? null
  const set = putWeights(tf, layers, await weights(tf), { source, layers: chosen })
  return [`${set.join(', ')} began with the weights in ${source}`]
}
