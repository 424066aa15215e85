/**
 * Trains for bench:train as a program of tfjs-node does: `model.compile` and `model.fit` over its backend, without a
 * line of Minima. Takes the native binding's path; reads commands from stdin, one JSON object a line, answers each with one.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import util from 'node:util'
import * as core from '@tensorflow/tfjs-core'
import * as layersApi from '@tensorflow/tfjs-layers'
import type { Fitted, FitOptions, LossEntry } from './fitted.ts'
import type { Work } from './work.ts'

const TFJS_NODE = '@tensorflow/tfjs-node-gpu'
const require = createRequire(import.meta.url)
const tf = { ...core, ...layersApi }

interface Loaded {
  readonly work: Work
  readonly x: core.Tensor
  readonly y: core.Tensor
  readonly weights: core.Tensor[]
}
let loaded: Loaded | null = null
let timed: layersApi.LayersModel | null = null

/** As tfjs-node's own index does, but with a binding that lies outside node_modules, and with what Node 23 took from `util`. */
async function start(binding: string): Promise<void> {
  const gone = util as unknown as Record<string, unknown>
  gone['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  gone['isArray'] ??= Array.isArray
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  const { NodeJSKernelBackend } = require(`${TFJS_NODE}/dist/nodejs_kernel_backend`) as {
    NodeJSKernelBackend: new (binding: unknown, name: string) => core.KernelBackend
  }
  require(`${TFJS_NODE}/dist/register_all_kernels`)
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(require(binding), TFJS_NODE), 3)
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow did not start')
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

function load({ work }: { work: Work }): object {
  if (loaded) tf.dispose([loaded.x, loaded.y, ...loaded.weights])
  timed?.dispose()
  timed = null
  let rest = floats(work.files.weights)
  const weights = work.weightShapes.map((shape) => {
    const size = shape.reduce((product, length) => product * length, 1)
    const weight = tf.tensor(rest.slice(0, size), [...shape])
    rest = rest.subarray(size)
    return weight
  })
  loaded = {
    work,
    x: tf.tensor(floats(work.files.features), [work.rows, ...work.featureShape]),
    y: tf.tensor(floats(work.files.labels), [work.rows, 1]),
    weights,
  }
  return {}
}

function buildModel({ case: { model }, featureShape }: Work): layersApi.LayersModel {
  const inputs = tf.input({ shape: [...featureShape] })
  if (model.kind === 'wide-deep') {
    const first = tf.layers.dense({ units: 30, activation: 'relu' }).apply(inputs)
    const second = tf.layers.dense({ units: 30, activation: 'relu' }).apply(first) as layersApi.SymbolicTensor
    const joined = tf.layers.concatenate().apply([inputs, second])
    return tf.model({
      inputs,
      outputs: tf.layers.dense({ units: 1 }).apply(joined) as layersApi.SymbolicTensor,
    })
  }
  const sequential = tf.sequential()
  for (const [index, { type, ...spec }] of model.layers.entries()) {
    const make = tf.layers[type as 'dense'] as (args: object) => layersApi.layers.Layer
    sequential.add(make({ ...spec, ...(index === 0 && { inputShape: [...featureShape] }) }))
  }
  return sequential
}

function compiled(work: Work): layersApi.LayersModel {
  const model = buildModel(work)
  const { loss, optimizer, metrics } = work.case.fit
  model.compile({ loss, optimizer: tf.train[optimizer.type](optimizer.learningRate), metrics: [...metrics] })
  return model
}

async function fit({ epochs, shuffle, trace: traces }: FitOptions): Promise<Fitted> {
  if (!loaded) throw new Error('nothing is loaded')
  const { work, x, y, weights } = loaded
  const model = traces ? compiled(work) : (timed ??= compiled(work))
  model.setWeights(weights)
  const before = model.optimizer.iterations
  const epochEndsMs: number[] = []
  const epochLosses: number[] = []
  const trace: LossEntry[] = []
  await model.fit(x, y, {
    batchSize: work.case.fit.batchSize,
    epochs,
    shuffle,
    verbose: 0,
    callbacks: {
      onEpochEnd(_, logs) {
        epochEndsMs.push(performance.now())
        epochLosses.push(logs?.['loss'] ?? NaN)
      },
      ...(traces && {
        onBatchEnd(batch: number, logs?: layersApi.Logs) {
          trace.push({ step: batch + 1, loss: logs?.['loss'] ?? NaN })
        },
      }),
    },
  })
  const fitted = { epochEndsMs, steps: model.optimizer.iterations - before, epochLosses, trace }
  if (traces) model.dispose()
  return fitted
}

await start(process.argv[2] ?? '')
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as { do: string }
  try {
    const answer = command.do === 'load' ? load(command as never) : await fit(command as never)
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`)
  }
}
