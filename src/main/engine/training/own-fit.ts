/**
 * A training whose loop a script writes: `fit(hp, model, training)` in the place of Keras's, with steps, batches, evaluation
 * and logging at hand. Types of the same for editors: `Training` in `packages/minima-lab/script.d.ts`.
 */
import { MinimaError } from '../../../contract/errors.ts'
import type { Hparams } from '../../../contract/run.ts'
import { isOnDisk } from '../data/dataset.ts'
import { rowsFrom } from '../data/random.ts'
import type { Scalar, Tensor, TensorMap, Variable } from '../models/tf.ts'
import { createBreath } from './breath.ts'
import type { Callback, Logs } from './callbacks/callback.ts'
import { tensorsOf } from './eager-steps.ts'
import { createEpochSums } from './epoch-sums.ts'
import { evaluate } from './evaluate.ts'
import { fit, type FitHooks, type FitOutcome } from './fit.ts'
import { createFitReport } from './fit-report.ts'
import type { PreparedTraining } from './prepare-training.ts'
import { createRowOrder } from './row-order.ts'
import { backwardPass, forwardPass, type BatchTensors } from './step-body.ts'
import type { EvaluatedPart } from './steps.ts'
import type { StartMessage } from './trainer-protocol.ts'

export type OwnFit = (hp: Hparams, model: unknown, training: ScriptTraining) => unknown

/** What a script's loop is given. Tensors of a batch live until the next batch is asked for. */
export interface ScriptTraining {
  readonly params: { readonly epochs: number; readonly batchSize: number; readonly stepsPerEpoch: number }
  /** Rows of each part. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number }
  /** Counted from 0. */
  readonly epoch: number
  /** Optimizer steps so far. */
  readonly step: number
  /** Somebody stops the run: a loop of one's own should end. `epochs` and `batches` do. */
  readonly stopAsked: boolean
  /** Of the next step; may be set unless it follows a schedule. */
  learningRate: number
  /** Variables that are trained. */
  readonly variables: readonly Variable[]
  /** Keras's loop as the experiment says, with callbacks beside those of the script. @returns Keras's History */
  fit(callbacks?: readonly Callback[]): Promise<Record<string, number[]>>
  /** The epochs of the experiment, counted from 0. */
  epochs(): AsyncGenerator<number>
  /** Of training rows in the order of the present epoch, of others in theirs. */
  batches(part?: 'train' | EvaluatedPart): AsyncGenerator<BatchTensors>
  /** A step: Keras's train_on_batch. @returns loss and metrics of this batch, which are logged too */
  trainOnBatch(batch: BatchTensors): Logs
  /** Loss and metrics of a batch without a step. */
  testOnBatch(batch: BatchTensors): Logs
  /** Outputs for a batch of features, [rows, all their numbers]. */
  predictOnBatch(features: Tensor): Tensor
  /** The loss of a batch, penalties included, for gradients of one's own: `tf.variableGrads(() => training.loss(batch))`. */
  loss(batch: BatchTensors): Scalar
  /** A step of the optimizer. @param gradients by the names of TensorFlow.js's variables, as `variableGrads` gives them */
  applyGradients(gradients: TensorMap): void
  /** Loss and metrics of a whole part, which are logged too; empty when it has no rows. */
  evaluate(part?: EvaluatedPart): Promise<Logs>
  /** Points at `step`, by default the present one. */
  log(values: Readonly<Record<string, number>>, step?: number): void
}

/** @param callbacks of the script, for `training.fit` */
export async function runOwnFit(
  ownFit: OwnFit,
  job: StartMessage,
  training: PreparedTraining,
  hooks: FitHooks & { readonly callbacks: readonly Callback[] },
): Promise<FitOutcome> {
  const { data, parts, steps, stepsPerEpoch } = training
  const { tf, forward, optimizer, counter } = parts
  const { fit: spec, hparams } = job.experiment
  const report = createFitReport(job.experiment, training, hooks)
  const sums = createEpochSums(training.metrics('training'))
  const tested = createEpochSums(training.metrics('evaluation'))
  const names = training.metrics('training').flatMap((metric) => metric.names)
  const windows = isOnDisk(data.train.table) ? data.train.table.windows : null
  const order = createRowOrder({ ...spec, rows: data.train.rows, windows })
  const breathe = createBreath(hooks)
  let epoch = spec.initialEpoch
  let step = 0
  let outcome: FitOutcome | null = null
  // Steps on native TensorFlow keep weights to themselves, and hand them back when `fit` ends.
  let isChanged = false

  const useSteps = (): void => {
    if (isChanged) steps.push()
    isChanged = false
  }
  const told = (loss: Scalar, added: readonly Tensor[], into: typeof sums, batch: BatchTensors) => {
    const [value = NaN] = loss.dataSync()
    const of = added.map((sum) => sum.dataSync()[0] ?? NaN)
    const results = into.add(value, of, batch.features.shape[0] ?? 0)
    return { loss: value, values: Object.fromEntries(names.map((name, index) => [name, results[index] ?? NaN])) }
  }

  async function* batchesOf(part: 'train' | EvaluatedPart): AsyncGenerator<BatchTensors> {
    const split = data[part]
    if (split === null) return
    const count = part === 'train' ? stepsPerEpoch : Math.ceil(split.rows / spec.batchSize)
    for (let index = 0; index < count && !hooks.stopAsked(); index++) {
      const rows =
        part === 'train'
          ? order.take(epoch * stepsPerEpoch + index, 1)
          : rowsFrom(index * spec.batchSize, Math.min(spec.batchSize, split.rows - index * spec.batchSize))
      const batch = tensorsOf(parts, split, rows, part === 'train' ? training.rowWeights : null)
      try {
        yield batch
      } finally {
        tf.dispose([batch.features, batch.labels, ...(batch.weights ? [batch.weights] : [])])
      }
      await breathe()
    }
  }

  const given: ScriptTraining = {
    params: { epochs: spec.epochs, batchSize: spec.batchSize, stepsPerEpoch },
    rows: { train: data.train.rows, validation: data.validation?.rows ?? 0, test: data.test?.rows ?? 0 },
    get epoch() {
      return epoch
    },
    get step() {
      return step
    },
    get stopAsked() {
      return hooks.stopAsked()
    },
    get learningRate() {
      return optimizer.learningRate
    },
    set learningRate(rate) {
      optimizer.setLearningRate(rate)
    },
    variables: optimizer.variables.map(({ variable }) => variable),
    async fit(callbacks = []) {
      useSteps()
      const all = [...hooks.callbacks, ...callbacks]
      outcome = await fit(job, training, { ...hooks, callbacks: all, ...(step > 0 && { firstStep: step }) })
      Object.assign(report.final, outcome.metrics)
      step = counter.step
      return outcome.history
    },
    async *epochs() {
      for (epoch = spec.initialEpoch; epoch < spec.epochs && !hooks.stopAsked(); epoch++) {
        sums.reset()
        yield epoch
        const trained = sums.result()
        if (Number.isFinite(trained['loss'])) report.summed('epoch', step, trained)
        report.progress('training', epoch, step, true)
      }
      epoch = Math.max(spec.initialEpoch, epoch - 1)
    },
    batches: (part = 'train') => batchesOf(part),
    trainOnBatch(batch) {
      isChanged = true
      const startedAt = performance.now()
      counter.step++
      step++
      let now = { loss: NaN, values: {} as Logs }
      tf.tidy(() => {
        const pass = backwardPass(parts, batch)
        now = told(pass.loss, pass.sums, sums, batch)
        if (!Number.isFinite(now.loss)) throw notFinite(now.loss, step)
        optimizer.apply(pass.gradients)
      })
      const cost = { ms: performance.now() - startedAt, rows: batch.features.shape[0] ?? 0, secsAgo: 0 }
      report.stepped(step, now.loss, Object.values(now.values), cost)
      report.progress('training', epoch, step)
      return { loss: now.loss, ...now.values }
    },
    testOnBatch(batch) {
      let logs: Logs = {}
      tf.tidy(() => {
        const pass = forwardPass(parts, batch, false)
        tested.reset()
        const { loss, values } = told(pass.loss, pass.sums, tested, batch)
        logs = { loss, ...values }
      })
      return logs
    },
    predictOnBatch(features) {
      return tf.tidy(() => {
        const outputs = forward.activate(forward.outputs(features, false))
        const flat = outputs.map((output) => tf.reshape(output, [output.shape[0] ?? 0, -1]))
        return flat.length === 1 ? (flat[0] as Tensor) : tf.concat(flat, 1)
      })
    },
    loss(batch) {
      return forwardPass(parts, batch, true).loss
    },
    applyGradients(gradients) {
      isChanged = true
      counter.step++
      step++
      optimizer.applyGradients(gradients)
      report.progress('training', epoch, step)
    },
    async evaluate(part = 'validation') {
      const rows = data[part]?.rows ?? 0
      if (rows === 0) return {}
      useSteps()
      const { loss, metrics } = await evaluate(steps, part, rows, training.metrics('evaluation'), breathe)
      const logs = { loss, ...Object.fromEntries(metrics) }
      report.summed(part, step, logs)
      return logs
    },
    log(values, at = step) {
      for (const [tag, value] of Object.entries(values)) {
        if (typeof value !== 'number')
          throw new TypeError(`training.log: ${tag} is a ${typeof value}, expected a number`)
        hooks.log.scalar(tag, at, value, hooks.now())
      }
      hooks.log.flushIfDue()
    },
  }

  const returned = await ownFit(hparams, training.model.made, given)
  const figures = figuresIn(returned)
  given.log(figures)
  const fitted = outcome as FitOutcome | null
  return {
    state: hooks.stopAsked() ? 'stopped' : (fitted?.state ?? 'finished'),
    metrics: { ...report.final, ...figures },
    history: fitted?.history ?? {},
    notices: [...(fitted?.notices ?? []), 'The training is the loop of the script: fit(hp, model, training)'],
  }
}

/** Numbers by name that the loop gave back, such as `{ score: 0.9 }`. */
function figuresIn(returned: unknown): Record<string, number> {
  if (typeof returned !== 'object' || returned === null) return {}
  return Object.fromEntries(
    Object.entries(returned).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}

function notFinite(loss: number, step: number): MinimaError {
  return new MinimaError(
    'loss-not-finite',
    `the loss became ${loss} at step ${step}; the weights of the step before are kept. A smaller learning rate, scaled features or a look at the data of that step usually mend it`,
    { step, goodStep: step - 1 },
  )
}
