/**
 * A process that trains with checkpoints, and may kill itself with -9 on the way. Prints the weights and the figures it
 * ends with.
 *
 *     node resume-child.ts '{"backend": "wasm", "dir": "…", "spec": {…}, "killAt": 25, "resume": false}'
 */
import { loadBackend } from '../../../src/main/engine/training/backends/ladder.ts'
import {
  checkpointPath,
  commitCheckpoint,
  draftCheckpoint,
  readCheckpoint,
} from '../../../src/main/engine/training/checkpoints/checkpoint-file.ts'
import { experiment as experimentSchema } from '../../../src/contract/experiment/experiment.ts'
import { fit } from '../../../src/main/engine/training/fit.ts'
import { prepareTraining } from '../../../src/main/engine/training/prepare-training.ts'
import type { StartMessage } from '../../../src/main/engine/training/trainer-protocol.ts'
import { quietHooks } from '../../support/quiet-hooks.ts'

export interface ChildTask {
  readonly backend: 'wasm' | 'tensorflow'
  /** Of the run. */
  readonly dir: string
  readonly experiment: unknown
  /** The step that does not come back; null: it lives. */
  readonly killAt: number | null
  readonly resume: boolean
}

export interface ChildResult {
  readonly how: string
  /** Of the weights, bit for bit. */
  readonly weights: string
  readonly history: Readonly<Record<string, readonly number[]>>
  readonly notices: readonly string[]
  readonly firstStep: number
}

const task = JSON.parse(process.argv[2] ?? '') as ChildTask
const job: StartMessage = {
  type: 'start',
  experiment: experimentSchema.parse(task.experiment),
  baseDir: task.dir,
  weightsDir: task.dir,
}
const { runtime } = await loadBackend(task.backend)
const training = await prepareTraining(job, runtime)
let firstStep = NaN
const { history, notices } = await fit(job, training, {
  ...quietHooks({
    scalar(tag, step) {
      if (tag !== 'train/loss') return
      if (Number.isNaN(firstStep)) firstStep = step
      if (step === task.killAt) process.kill(process.pid, 'SIGKILL')
    },
  }),
  resume: task.resume ? readCheckpoint(checkpointPath(task.dir)) : undefined,
  saveCheckpoint: async (checkpoint) => commitCheckpoint(task.dir, await draftCheckpoint(task.dir, checkpoint)),
})
const weights = training.parts.model.getWeights().map((weight) => Buffer.from(weight.dataSync().buffer).toString('hex'))
const result: ChildResult = { how: training.steps.how, weights: weights.join(' '), history, notices, firstStep }
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
