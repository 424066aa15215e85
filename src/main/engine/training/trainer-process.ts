/**
 * The trainer: a process that trains one run and says how it goes over its channel; with `--predict`, `--export` or
 * `--import` one that predicts, or writes or reads the file of a model, instead; with `--check NAME` one that tries a backend and prints what it found.
 */
import { toErrorRecord } from '../../../contract/errors.ts'
import type { Progress } from '../../../contract/run.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { PackingStopped } from '../data/packed-cache.ts'
import { answerParent } from './ask-child.ts'
import { checkBackend } from './backends/check-backend.ts'
import { LADDER, loadBackend } from './backends/ladder.ts'
import type { Checkpoint } from './checkpoints/checkpoint.ts'
import { draftCheckpoint, readCheckpoint } from './checkpoints/checkpoint-file.ts'
import { exportModel } from './export-model.ts'
import { findLearningRate } from './find-learning-rate.ts'
import { fit } from './fit.ts'
import { importModelFile } from './import-model.ts'
import { createLogSender } from './log-sender.ts'
import { exitWithoutEngine } from './orphan-guard.ts'
import { predict } from './predict.ts'
import { runOwnFit } from './own-fit.ts'
import { preparedMessage, prepareTraining } from './prepare-training.ts'
import { scriptParts } from './script-parts.ts'
import { createSystemMeter } from './system-metrics.ts'
import { chooseThreads } from './threads.ts'
import type { EndedMessage, FromTrainer, StartMessage, ToTrainer } from './trainer-protocol.ts'
import { saveModel } from './weights.ts'

/** More than this many messages that the engine has not taken yet (some seconds of logs) make the training wait. */
const MAX_UNTAKEN = 100

let untaken = 0
const say = (message: FromTrainer): void => {
  untaken++
  process.send?.(message, () => untaken--)
}
const pause = async (): Promise<void> => {
  do await new Promise((resume) => setImmediate(resume))
  while (untaken > MAX_UNTAKEN)
}
const now = (): number => (performance.timeOrigin + performance.now()) / 1000

let stopAsked = false
let lastStep = 0

const PREPARING_MS = 200
let toldPreparingAt = -Infinity

/** The share of the rows that are read is told as steps of a hundred. */
function tellPreparing(share: number): void {
  if (performance.now() - toldPreparingAt < PREPARING_MS) return
  toldPreparingAt = performance.now()
  const step = Math.floor(100 * share)
  say({
    type: 'progress',
    progress: { phase: 'preparing', epoch: 0, epochs: 1, step, stepsPerEpoch: 100, msPerStep: null, etaSecs: null },
  })
}

async function train(job: StartMessage): Promise<EndedMessage> {
  lastStep = job.resume?.step ?? 0
  const log = createLogSender((records) => say({ type: 'logs', records }))
  const meter = createSystemMeter()
  const sampling = setInterval(() => {
    void meter.sample().then((sample) => {
      const at = now()
      log.scalar('system/memory_mb', lastStep, sample.memoryMb, at)
      log.scalar('system/cpu_percent', lastStep, sample.cpuPercent, at)
      if (sample.gpuPercent !== null) log.scalar('system/gpu_percent', lastStep, sample.gpuPercent, at)
      if (sample.gpuMemoryMb !== null) log.scalar('system/gpu_memory_mb', lastStep, sample.gpuMemoryMb, at)
    })
  }, job.experiment.log.systemEverySecs * 1000)
  let faultOf = (error: unknown): unknown => error
  const ended = { type: 'ended', metrics: {}, error: null, notices: [], weightsSaved: false } as const
  try {
    const resume = job.resume && readCheckpoint(job.resume.path)
    const data = await loadDataset(job.experiment, job.baseDir, { stopAsked: () => stopAsked, packing: tellPreparing })
    chooseThreads(job.experiment, data.shape)
    const { runtime, reason } = await loadBackend(job.experiment.backend)
    const script = await scriptParts(job.script, job.experiment, runtime.tf)
    faultOf = script.fault
    const training = await prepareTraining(job, runtime, { data, build: script.build })
    const prepared = preparedMessage(runtime, reason, training)
    say(job.lrRange ? { ...prepared, headlineTag: 'lr_find/loss' } : prepared)
    const save = (name: string): Promise<void> => saveModel(runtime.tf, training.parts.model, job.weightsDir, name)
    const hooks = {
      log,
      now,
      pause,
      stopAsked: () => stopAsked,
      progress(progress: Progress) {
        lastStep = progress.step
        say({ type: 'progress', progress })
      },
    }
    if (job.lrRange) return { ...ended, ...(await findLearningRate(job, job.lrRange, training, hooks)) }
    try {
      const saveCheckpoint = async (checkpoint: Checkpoint): Promise<void> => {
        const draft = await draftCheckpoint(job.weightsDir, checkpoint)
        log.flush()
        say({ type: 'checkpoint', draft })
      }
      const all = { ...hooks, resume, saveCheckpoint, callbacks: script.callbacks }
      const outcome = script.fit ? runOwnFit(script.fit, job, training, all) : fit(job, training, all)
      const { state, metrics, notices } = await outcome
      await save('final')
      return { ...ended, state, metrics, notices, weightsSaved: true }
    } catch (error) {
      const record = toErrorRecord(faultOf(error))
      if (record.code !== 'loss-not-finite') throw error
      await save('last-good')
      return { ...ended, state: 'failed', error: record, weightsSaved: true }
    }
  } catch (error) {
    if (error instanceof PackingStopped) return { ...ended, state: 'stopped' }
    return { ...ended, state: 'failed', error: toErrorRecord(faultOf(error)) }
  } finally {
    clearInterval(sampling)
    log.close()
  }
}

const checked = process.argv[process.argv.indexOf('--check') + 1]
if (process.argv.includes('--check')) {
  const backend = LADDER.find(({ name }) => name === checked)
  if (!backend) throw new Error(`no backend is called ${checked}`)
  process.stdout.write(`${JSON.stringify(await checkBackend(backend))}\n`)
} else if (process.argv.includes('--predict')) {
  exitWithoutEngine()
  answerParent(predict)
} else if (process.argv.includes('--export')) {
  exitWithoutEngine()
  answerParent(exportModel)
} else if (process.argv.includes('--import')) {
  exitWithoutEngine()
  answerParent(importModelFile)
} else {
  exitWithoutEngine()
  process.on('message', (message: ToTrainer) => {
    if (message.type === 'stop') stopAsked = true
    else void train(message).then((ended) => process.send?.(ended, () => process.exit(0)))
  })
}
