/** Writes event files that TensorBoard reads, with the tags and folders of Keras's TensorBoard callback. */
import { statSync, truncateSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { CallbackOf } from '../../../../contract/experiment/callbacks.ts'
import type { Hparams } from '../../../../contract/run.ts'
import { EventWriter } from '../../event-files/event-writer.ts'
import {
  hparamsEndValue,
  hparamsValue,
  histogramValue,
  kerasModelValue,
  scalarValue,
} from '../../event-files/summaries.ts'
import { histogramOf } from '../histogram.ts'
import type { Callback, Logs, TrainingControl } from './callback.ts'

type Folder = 'train' | 'validation' | ''

/** Of each file, its length when the checkpoint was taken: what came later is of epochs that will be repeated. */
type State = Partial<Record<Folder, { readonly path: string; readonly bytes: number }>>

const now = (): number => (performance.timeOrigin + performance.now()) / 1000

export function tensorBoard(spec: CallbackOf<'tensorBoard'>, hparams: Hparams): Callback {
  const { logDir, histogramFreq, writeGraph, writeStepsPerSecond, updateFreq } = spec
  const everySteps = updateFreq === 'batch' ? 1 : updateFreq === 'epoch' ? null : updateFreq
  const writers = new Map<Folder, EventWriter>()
  let epochBegan = { at: 0, step: 0 }

  const writerOf = (folder: Folder, { dir }: TrainingControl): EventWriter => {
    const found = writers.get(folder)
    if (found) return found
    const writer = EventWriter.create(join(dir, logDir, folder), now())
    writers.set(folder, writer)
    return writer
  }
  const scalars = (folder: Folder, training: TrainingControl, step: number, values: Logs): void => {
    const entries = Object.entries(values)
    if (entries.length === 0) return
    writerOf(folder, training).add(
      step,
      now(),
      entries.map(([tag, value]) => scalarValue(tag, value)),
    )
  }
  const histograms = (training: TrainingControl, epoch: number): void => {
    const values = training.model().weights.map((weight) => {
      const tag = `${weight.name}/histogram`
      const { edges, counts } = histogramOf(tag, epoch, 0, weight.read().dataSync())
      return histogramValue(tag, edges, counts)
    })
    writerOf('train', training).add(epoch, now(), values)
  }
  const flush = (): void => {
    for (const writer of writers.values()) writer.flush()
  }

  return {
    name: spec.type,
    state() {
      flush()
      const kept = [...writers].map(([folder, { path }]) => [folder, { path, bytes: statSync(path).size }] as const)
      return Object.fromEntries(kept) as State
    },
    resume(kept) {
      for (const [folder, { path, bytes }] of Object.entries(kept as Required<State>)) {
        truncateSync(path, bytes)
        writers.set(folder as Folder, new EventWriter(path))
      }
    },

    onTrainBegin(_, training) {
      writers.clear()
      const json = writeGraph ? architectureOf(training) : null
      if (json !== null) writerOf('train', training).add(0, now(), [kerasModelValue(json)])
      writerOf('', training).add(0, now(), [hparamsValue(hparams, basename(training.dir), now())])
      flush()
    },

    onEpochBegin(_epoch, _logs, training) {
      epochBegan = { at: performance.now(), step: training.step }
    },

    ...(everySteps !== null && {
      wantsBatch: (step: number) => (step + 1) % everySteps === 0,
      onTrainBatchEnd(_batch, logs, training) {
        const named = Object.entries(logs).map(([name, value]) => [`batch_${name}`, value])
        scalars('train', training, training.step, Object.fromEntries(named) as Logs)
      },
    }),

    onEpochEnd(epoch, logs, training) {
      const trained: Record<string, number> = {}
      const validated: Record<string, number> = {}
      const iterations: Record<string, number> = {}
      for (const [name, value] of Object.entries(logs)) {
        if (!name.startsWith('val_')) trained[`epoch_${name}`] = value
        else {
          validated[`epoch_${name.slice(4)}`] = value
          iterations[`evaluation_${name.slice(4)}_vs_iterations`] = value
        }
      }
      if (writeStepsPerSecond) {
        const seconds = (performance.now() - epochBegan.at) / 1000
        trained['epoch_steps_per_second'] = (training.step - epochBegan.step) / seconds
      }
      scalars('train', training, epoch, trained)
      scalars('validation', training, epoch, validated)
      scalars('validation', training, training.step, iterations)
      if (histogramFreq > 0 && epoch % histogramFreq === 0) histograms(training, epoch)
      flush()
    },

    onTrainEnd(_, training) {
      writerOf('', training).add(0, now(), [hparamsEndValue(now())])
      flush()
      training.notice(`tensorboard --logdir ${join(training.dir, logDir)}`)
    },
  }
}

/** null: the model is a script's, which has none that could be written down. */
function architectureOf(training: TrainingControl): string | null {
  const model = training.model()
  return 'toJSON' in model ? (model.toJSON as () => string)() : null
}
