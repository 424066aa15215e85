/** Trains a line through ten rows, three of them a batch, with callbacks: what tests of those have in common. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { experiment as experimentSchema, type ExperimentInput } from '../../../../src/contract/experiment/experiment.ts'
import { loadBackend } from '../../../../src/main/engine/training/backends/ladder.ts'
import type { Callback } from '../../../../src/main/engine/training/callbacks/callback.ts'
import { fit } from '../../../../src/main/engine/training/fit.ts'
import { prepareTraining } from '../../../../src/main/engine/training/prepare-training.ts'
import type { StartMessage } from '../../../../src/main/engine/training/trainer-protocol.ts'
import { quietHooks } from '../../../support/quiet-hooks.ts'

const ROWS = Array.from({ length: 10 }, (_, row) => [row / 10, 1 - row / 10, row % 2])
let dir: string

beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'minima-callbacks-'))))
afterAll(() => rmSync(dir, { recursive: true }))

/** @returns also the folder of the run, points of events, and rates by epoch */
export async function trainLine(spec: Partial<ExperimentInput['fit']>, callbacks: readonly Callback[] = []) {
  const job: StartMessage = {
    type: 'start',
    experiment: experimentSchema.parse({
      data: { source: 'inline', columns: ['a', 'b', 'y'], target: 'y', rows: ROWS },
      split: { validation: 2 },
      model: { layers: [{ type: 'dense', units: 1, name: 'out' }] },
      fit: { loss: 'meanSquaredError', optimizer: { type: 'sgd' }, epochs: 3, batchSize: 3, ...spec },
    }),
    baseDir: dir,
    weightsDir: mkdtempSync(join(dir, 'run-')),
  }
  const { runtime } = await loadBackend('wasm')
  const training = await prepareTraining(job, runtime)
  const points: string[] = []
  const rates: number[] = []
  const outcome = await fit(job, training, {
    ...quietHooks({
      scalar: (tag, step, value) => {
        if (tag.startsWith('event/')) points.push(`${tag} ${value} @ ${step}`)
        if (tag === 'epoch/learning_rate') rates.push(value)
      },
    }),
    callbacks,
  })
  const weights = training.parts.model.getWeights().flatMap((weight) => [...weight.dataSync()])
  return { ...outcome, points, rates, weights, dir: job.weightsDir }
}
