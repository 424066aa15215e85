/** From an experiment to a model that can be trained: of the file's layers, or of what a script's `build` gives. */
import { MinimaError } from '../../../contract/errors.ts'
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import type { ModelSummary } from '../../../contract/run.ts'
import { gatherFeatures } from '../data/batches.ts'
import type { Dataset } from '../data/dataset.ts'
import { rowRange } from '../data/random.ts'
import { formatProblem, makeProblem } from '../experiment/problems.ts'
import { buildModel } from '../models/build-model.ts'
import { createForward, type Forward } from '../models/forward.ts'
import { resolveGraph, resolveInputs } from '../models/model-graph.ts'
import { outputsOfGraph, resolveOutputs, type ModelOutput, type NamedOutput } from '../models/model-outputs.ts'
import { createScriptModel, type Build } from '../models/script/script-model.ts'
import type { StepCounter } from '../models/step-counter.ts'
import { summarizeModel } from '../models/summary.ts'
import type { Tf, TfLayer } from '../models/tf.ts'
import type { TrainableModel } from '../models/trainable-model.ts'

export interface PreparedModel {
  readonly model: TrainableModel
  /** What the script's `build` gave; the model itself where there is no script. */
  readonly made: unknown
  /** Those that may adapt to the training rows. */
  readonly layers: readonly TfLayer[]
  readonly outputs: readonly ModelOutput[]
  readonly forward: Forward
  readonly summary: ModelSummary
}

/** @param build of the script, where the model is to come from one @throws MinimaError `experiment-invalid` */
export function prepareModel(
  tf: Tf,
  experiment: Experiment,
  data: Dataset,
  counter: StepCounter,
  build: Build | null,
): PreparedModel {
  return experiment.model.from === 'script'
    ? modelOfScript(tf, experiment, data, counter, build)
    : modelOfFile(tf, experiment, data, counter)
}

function modelOfFile(tf: Tf, experiment: Experiment, data: Dataset, counter: StepCounter): PreparedModel {
  const { graph } = resolveGraph(experiment.model, data.shape)
  const built = buildModel(tf, graph, experiment.fit.seed, counter, data.shape.texts?.texts)
  const { outputs } = resolveOutputs(experiment, outputsOfGraph(graph), data.shape.target)
  return {
    model: built.model,
    made: built.model,
    layers: built.layers,
    outputs,
    forward: createForward(
      tf,
      built,
      outputs.map(({ loss }) => loss),
    ),
    summary: summarizeModel(graph, data.shape.featureShape),
  }
}

/** A batch of one row would hide mistakes: its size may be taken for another. */
const SAMPLE_ROWS = 2

function modelOfScript(
  tf: Tf,
  experiment: Experiment,
  data: Dataset,
  counter: StepCounter,
  build: Build | null,
): PreparedModel {
  const { model: spec, hparams, fit } = experiment
  if (build === null) throw invalid(['model', 'from'], 'the model is a script’s, and this run has no script with build')
  const inputs = resolveInputs(spec, data.shape, (at, message) => {
    throw invalid(['model', ...at], message)
  })
  const sample = sampleOf(tf, data)
  const made = build(hparams)
  const script = createScriptModel(tf, made, {
    inputs,
    sample,
    seed: fit.seed,
    counter,
    texts: data.shape.texts?.texts,
  })
  sample.dispose()
  const { outputs, faults } = resolveOutputs(experiment, namedOutputs(spec, script.outputNames), data.shape.target)
  const [fault] = faults
  if (fault) throw invalid(fault.at, fault.message)
  checkWidths(outputs, script.model, data)
  return { ...script, outputs, forward: script.forward(outputs.map(({ loss }) => loss)) }
}

function sampleOf(tf: Tf, { train, shape }: Dataset) {
  const rows = rowRange(Math.min(SAMPLE_ROWS, train.rows))
  const features = new Float32Array(rows.length * train.featureWidth)
  gatherFeatures(train, rows, features)
  return tf.tensor(features, [rows.length, ...shape.featureShape])
}

/** With the targets that the file's `outputs` gives to those that it names. */
function namedOutputs({ outputs = [] }: Experiment['model'], names: readonly string[]): NamedOutput[] {
  for (const [index, output] of outputs.entries()) {
    const name = typeof output === 'string' ? output : output.layer
    if (!names.includes(name)) {
      throw invalid(['model', 'outputs', index], `the model gives no ${name}; it gives ${names.join(', ')}`)
    }
  }
  return names.map((name) => {
    const given = outputs.find((output) => typeof output !== 'string' && output.layer === name)
    const target = given === undefined || typeof given === 'string' ? null : [given.target].flat()
    return { name, node: -1, target }
  })
}

/** As the check of a file does: how many numbers each output is to give. */
function checkWidths(outputs: readonly ModelOutput[], model: TrainableModel, data: Dataset): void {
  for (const [index, { name, target, loss }] of outputs.entries()) {
    const [, ...shape] = model.outputs[index]?.shape ?? []
    const got = shape.reduce<number>((size, of) => size * (of ?? 1), 1)
    const perClass = target.kind === 'classes' && (target.oneHot || loss.type === 'sparseCategoricalCrossentropy')
    const wanted = target.kind === 'values' ? target.names.length : perClass ? target.count : 1
    if (got === wanted && shape.length === 1) continue
    const what = target.kind === 'values' ? `the target ${target.names.join(', ')}` : `${loss.type}`
    throw invalid(
      ['model'],
      `call gives ${name} of [${['rows', ...shape].join(', ')}]: expected [rows, ${wanted}] for ${what} (${data.shape.rows} rows)`,
    )
  }
}

function invalid(at: readonly (string | number)[], message: string): MinimaError {
  const problem = makeProblem(at, null, message)
  return new MinimaError('experiment-invalid', formatProblem(problem), { problems: [problem] })
}
