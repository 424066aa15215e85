/** Models that a script's `build(hp)` gives: what they begin with, how they train, and what is told of mistakes. */
import { tmpdir } from 'node:os'
import type {} from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.d.ts'
import { describe, expect, test } from 'vitest'
import { experiment as experimentSchema, type ExperimentInput } from '../../../../src/contract/experiment/experiment.ts'
import { addChainedOps } from '../../../../src/main/engine/models/script/chained-ops.ts'
import { layers, scriptLibrary } from '../../../../src/main/engine/models/script/library.ts'
import { Model } from '../../../../src/main/engine/models/script/model.ts'
import type { Build } from '../../../../src/main/engine/models/script/script-model.ts'
import type { Tensor } from '../../../../src/main/engine/models/tf.ts'
import type { Runtime } from '../../../../src/main/engine/training/backends/backend.ts'
import { loadBackend } from '../../../../src/main/engine/training/backends/ladder.ts'
import { prepareTraining, type PreparedTraining } from '../../../../src/main/engine/training/prepare-training.ts'
import { loadWeights, saveModel } from '../../../../src/main/engine/training/weights.ts'
import { tensorflowSkip } from '../../../support/tensorflow.ts'
import { temporaryDir } from '../../store/temporary-workspace.ts'

type Layer = (inputs: Tensor | readonly Tensor[]) => Tensor
const made = (type: string, settings: unknown = {}): Layer => (layers[type] as (given: unknown) => Layer)(settings)

const ROWS = Array.from({ length: 24 }, (_, row) => [row / 24, Math.sin(row), (row * 7) % 5, row % 3])
const DENSE = { type: 'dense', units: 6, activation: 'tanh', kernelRegularizer: { type: 'l2', l2: 0.01 } } as const
const OUT = { type: 'dense', units: 3, activation: 'softmax' } as const

function input(model: ExperimentInput['model'], fit: Partial<ExperimentInput['fit']> = {}): ExperimentInput {
  return {
    data: { source: 'inline', columns: ['a', 'b', 'c', 'y'], target: 'y', rows: ROWS },
    split: { validation: 6 },
    model,
    fit: { loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'], optimizer: 'adam', batchSize: 4, ...fit },
  }
}

const BY_SCRIPT: ExperimentInput['model'] = { layers: [], from: 'script' }

function prepare(given: ExperimentInput, runtime: Runtime, build: Build | null): Promise<PreparedTraining> {
  const job = {
    type: 'start',
    experiment: experimentSchema.parse(given),
    baseDir: tmpdir(),
    weightsDir: tmpdir(),
  } as const
  return prepareTraining(job, runtime, { build })
}

/** Losses of some steps, and the weights after them. */
function steps(training: PreparedTraining): number[] {
  const { steps: taken, parts } = training
  const losses = [0, 1, 2, 3].flatMap((step) => {
    const rows = Int32Array.from({ length: 4 }, (_, row) => step * 4 + row)
    return [...Array.from(taken.train(rows, false).losses)]
  })
  const judged = Array.from(taken.evaluate('validation', Int32Array.of(0, 1, 2, 3, 4, 5)).losses)
  taken.pull()
  return [...losses, ...judged, ...parts.model.getWeights().flatMap((weight) => [...weight.dataSync()])]
}

class Mlp extends Model {
  readonly blocks = [made('dense', { ...DENSE, type: undefined }), made('dropout', { rate: 0.25 })]
  readonly out = made('dense', { ...OUT, type: undefined })

  call(inputs: Tensor): Tensor {
    return this.out(this.blocks.reduce((values, block) => block(values), inputs))
  }
}

const BACKENDS = ['wasm', ...(tensorflowSkip() === null ? ['tensorflow'] : [])] as const

describe.each(BACKENDS)('on %s', (backend) => {
  test('a class trains as the same layers of a file do, first weights, dropout, penalties and logits included', async () => {
    const { runtime } = await loadBackend(backend as 'wasm')
    const ofFile = await prepare(input({ layers: [DENSE, { type: 'dropout', rate: 0.25 }, OUT] }), runtime, null)
    const ofClass = await prepare(input(BY_SCRIPT), runtime, () => new Mlp())
    expect(ofClass.steps.how).toBe(ofFile.steps.how)
    expect(steps(ofClass)).toEqual(steps(ofFile))
    expect(ofClass.model.summary.layers.map(({ name, params }) => [name, params])).toEqual([
      ['dense', 24],
      ['dropout', 0],
      ['dense_1', 21],
    ])
  })

  test('a LayersModel of TensorFlow.js trains, with its own first weights', async () => {
    const { runtime } = await loadBackend(backend as 'wasm')
    const build = (): unknown => {
      const { layers: of } = runtime.tf
      return runtime.tf.sequential({ layers: [of.dense({ units: 3, activation: 'softmax', inputShape: [3] })] })
    }
    const training = await prepare(input(BY_SCRIPT), runtime, build)
    const [first, , , last] = steps(training) as [number, number, number, number]
    expect(Number.isFinite(first) && Number.isFinite(last)).toBe(true)
    expect(training.model.summary.params).toBe(12)
  })

  test('a value that call looks at decides which way it takes, op by op, and the run says so', async () => {
    const { runtime } = await loadBackend(backend as 'wasm')
    const ways = new Set<boolean>()
    class Branching extends Mlp {
      override call(inputs: Tensor): Tensor {
        const isFirst = (inputs.dataSync()[0] ?? 0) < 0.3
        ways.add(isFirst)
        return isFirst ? super.call(inputs) : super.call(runtime.tf.neg(inputs))
      }
    }
    const training = await prepare(input(BY_SCRIPT), runtime, () => new Branching())
    steps(training)
    expect(ways).toEqual(new Set([true, false]))
    if (backend === 'tensorflow') {
      expect(training.notices).toEqual(['Steps are op by op: the value of an input is read in the middle of the step'])
    }
  })

  test('variables of its own are trained, saved and loaded; models within, and several inputs and outputs', async () => {
    const { runtime } = await loadBackend(backend as 'wasm')
    const { tf } = runtime
    class Inner extends Model {
      readonly dense = made('dense', { units: 2 })
      call(inputs: Tensor): Tensor {
        return this.dense(inputs)
      }
    }
    class Outer extends Model {
      readonly inner = new Inner()
      readonly gain = tf.variable(tf.scalar(2))
      readonly main = made('dense', { units: 1, activation: 'sigmoid' })
      readonly aux = made('dense', { units: 1, activation: 'sigmoid' })
      call({ wide, deep }: { wide: Tensor; deep: Tensor }): Record<string, Tensor> {
        const hidden = tf.mul(this.inner.apply(deep) as Tensor, this.gain)
        return { main: this.main(tf.concat([wide, hidden], 1)), aux: this.aux(hidden) }
      }
    }
    const model = { ...BY_SCRIPT, inputs: { wide: ['a', 'b'], deep: ['b', 'c'] } }
    const given = input(model, { loss: 'binaryCrossentropy', metrics: [], lossWeights: { main: 0.9, aux: 0.1 } })
    const data = { ...given.data, rows: ROWS.map(([a, b, c, y = 0]) => [a, b, c, y % 2]) } as ExperimentInput['data']
    const training = await prepare({ ...given, data }, runtime, () => new Outer())
    expect(training.model.outputs.map(({ name }) => name)).toEqual(['main', 'aux'])
    expect(training.model.summary.layers.map(({ name }) => name)).toEqual(['dense', 'dense_1', 'dense_2', 'gain'])
    const before = training.parts.model.getWeights().map((weight) => weight.dataSync().slice())
    steps(training)
    const after = training.parts.model.getWeights().map((weight) => weight.dataSync().slice())
    expect(after.at(-1)).not.toEqual(before.at(-1))
    const dir = temporaryDir()
    await saveModel(tf, training.parts.model, dir, 'final')
    training.parts.model.setWeights(before.map((values, at) => tf.tensor(values, shapeOf(training, at))))
    await loadWeights(tf, training.parts.model, `${dir}/final`)
    expect(training.parts.model.getWeights().map((weight) => weight.dataSync())).toEqual(after)
  })
})

function shapeOf({ parts }: PreparedTraining, at: number): number[] {
  return parts.model.getWeights()[at]?.shape ?? []
}

describe('a mistake is told', () => {
  async function failure(build: Build, given = input(BY_SCRIPT)): Promise<string> {
    const { runtime } = await loadBackend('wasm')
    addChainedOps(runtime.tf)
    const error = await prepare(given, runtime, build).catch((thrown: Error) => thrown)
    if (!(error instanceof Error)) throw new Error('it did not fail')
    return error.message
  }
  const calling = (call: (inputs: Tensor) => unknown): Build => {
    class Calling extends Mlp {
      override call(inputs: Tensor): Tensor {
        return call(inputs) as Tensor
      }
    }
    return () => new Calling()
  }

  test.each<[string, Build, string | RegExp]>([
    ['nothing is built', () => undefined, /^build\(hp\) gave nothing: expected a model, that is /],
    [
      'a layer that is in no field',
      calling((inputs) => made('dense', { units: 3 })(inputs)),
      /is in no field of the model; keep it in one/,
    ],
    [
      'call gives no tensor',
      calling(() => 3),
      'call must give a tensor, a list of tensors, or an object of tensors by name',
    ],
    [
      'the wrong number of outputs',
      calling((inputs) => inputs.slice([0, 0], [-1, 2])),
      /^model: call gives output of \[rows, 2\]: expected \[rows, 3\] for sparseCategoricalCrossentropy/,
    ],
    [
      'a layer that cannot take its input',
      () => {
        class Convolving extends Model {
          readonly convolution = made('conv2d', { filters: 2, kernelSize: 3 })
          call(inputs: Tensor): Tensor {
            return this.convolution(inputs)
          }
        }
        return new Convolving()
      },
      /^the layer conv2d \(conv2d\): expected /,
    ],
    [
      'a setting that is wrong',
      () => made('dense', { units: 0 }),
      'layers.dense: units: expected a positive integer, got 0',
    ],
    ['a setting that does not exist', () => made('dense', { unit: 3 }), /^layers\.dense: /],
  ])('%s', async (_what, build, message) => {
    const told = await failure(build)
    if (typeof message === 'string') expect(told).toBe(message)
    else expect(told).toMatch(message)
  })

  test('an output that the experiment names and the model does not give', async () => {
    const given = input({ ...BY_SCRIPT, outputs: ['main'] })
    expect(await failure(() => new Mlp(), given)).toBe('model.outputs[0]: the model gives no main; it gives output')
  })

  test('a layer outside of the model', () => {
    expect(() => made('dense', { units: 1 })([])).toThrow('layers.dense is called outside of the model')
  })
})

test('ops are methods of tensors on every backend', async () => {
  const { tf } = (await loadBackend('wasm')).runtime
  addChainedOps(tf)
  const x = tf.tensor2d([
    [1, -2],
    [3, -4],
  ])
  expect(x.relu().sum().add(1).dataSync()).toEqual(Float32Array.of(5))
  expect(x.concat(x, 1).shape).toEqual([2, 4])
  expect(x.stack([x]).shape).toEqual([2, 2, 2])
  expect(x.where(tf.greater(x, 0), tf.zerosLike(x)).dataSync()).toEqual(Float32Array.of(1, 0, 3, 0))
  expect(x.toInt().flatten().dtype).toBe('int32')
  const missing = ['norm', 'topk', 'split', 'argMax', 'batchNorm'].filter((name) => !(name in x))
  expect(missing).toEqual([])
})

test('layers of all types are there', () => {
  expect(Object.keys(scriptLibrary.layers)).toHaveLength(77)
})
