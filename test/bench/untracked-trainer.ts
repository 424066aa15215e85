/**
 * Trains as the trainer does but logs nothing: the other side of bench:logging. Takes an experiment file, prints the
 * times of the steps in milliseconds as JSON.
 */
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { loadDataset } from '../../src/main/engine/data/load-dataset.ts'
import { parseExperiment } from '../../src/main/engine/experiment/parse.ts'
import { loadBackend } from '../../src/main/engine/training/backends/ladder.ts'
import { fit } from '../../src/main/engine/training/fit.ts'
import type { LogSender } from '../../src/main/engine/training/log-sender.ts'
import { prepareTraining } from '../../src/main/engine/training/prepare-training.ts'
import { chooseThreads } from '../../src/main/engine/training/threads.ts'
import type { StartMessage } from '../../src/main/engine/training/trainer-protocol.ts'

const [path = '', overrides = '{}'] = process.argv.slice(2)
const text = readFileSync(path, 'utf8')
const { experiment, problems } = parseExperiment({
  text,
  overrides: JSON.parse(overrides) as Record<string, unknown>,
})
if (!experiment) throw new Error(JSON.stringify(problems))
const job: StartMessage = {
  type: 'start',
  experiment: { ...experiment, log: { ...experiment.log, histogramsEveryEpochs: 0 } },
  baseDir: dirname(path),
  weightsDir: tmpdir(),
}
const data = await loadDataset(experiment, job.baseDir)
chooseThreads(experiment, data.shape)
const { runtime } = await loadBackend(experiment.backend)
const training = await prepareTraining(job, runtime, { data })

const stepTimes: number[] = []
const nothing = (): void => undefined
const silent: LogSender = {
  scalar(tag) {
    if (tag === 'train/loss') stepTimes.push(performance.now())
  },
  histogram: nothing,
  flush: nothing,
  flushIfDue: nothing,
  close: nothing,
}
const outcome = await fit(job, training, {
  log: silent,
  stopAsked: () => false,
  progress: nothing,
  pause: () => new Promise((resume) => setImmediate(resume)),
  now: () => Date.now() / 1000,
})
console.log(JSON.stringify({ stepTimes, metrics: outcome.metrics }))
