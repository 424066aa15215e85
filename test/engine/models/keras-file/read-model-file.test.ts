/** Models of Keras's and TensorFlow.js's files in Minima: the same layers, the same weights, the same predictions. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { experiment } from '../../../../src/contract/experiment/experiment.ts'
import { model as modelSchema } from '../../../../src/contract/experiment/model.ts'
import { buildModel, type BuiltModel } from '../../../../src/main/engine/models/build-model.ts'
import { importModel } from '../../../../src/main/engine/models/keras-file/import-model.ts'
import { putWeights } from '../../../../src/main/engine/models/keras-file/initial-weights.ts'
import { layerWeights } from '../../../../src/main/engine/models/keras-file/layer-weights.ts'
import { readModelFile } from '../../../../src/main/engine/models/keras-file/read-model-file.ts'
import { encodeKerasFile } from '../../../../src/main/engine/models/keras-file/write-keras-file.ts'
import { resolveGraph } from '../../../../src/main/engine/models/model-graph.ts'
import { importModelFile } from '../../../../src/main/engine/training/import-model.ts'
import { saveModel } from '../../../../src/main/engine/training/weights.ts'
import { parse } from 'yaml'
import { tf, useBackend } from '../load-tf.ts'
import { buildWithWeights, distance, inputsOf, predict, type Numbers } from './built-model.ts'
import {
  describeWithKeras,
  PYTHON_TIMEOUT_MS,
  runKeras,
  temporaryFolder,
  type TemporaryFolder,
} from './keras-python.ts'
import { CASES, graphOfCase, GRAPHS } from './layer-cases.ts'

beforeAll(() => useBackend('cpu'))

/** The model of the experiment that an import writes, with the weights of a file. */
async function imported(topology: string, weightsFrom = topology): Promise<BuiltModel> {
  const { text } = await importModelFile({ type: 'import', file: topology, baseDir: '/' })
  const { model: given } = parse(text) as { model: unknown }
  const { initialWeights: _, ...model } = modelSchema.parse(given)
  const file = await readModelFile(topology)
  const { inputs } = importModel(file.model ?? {}, topology)
  const [input] = inputs
  const columns = Object.values(model.inputs ?? {}).flatMap((of) => (of === 'all' ? [] : of))
  const data =
    inputs.length === 1
      ? { featureShape: (input?.shape ?? []) as number[], featureNames: null }
      : { featureShape: [columns.length], featureNames: columns }
  const { graph, faults } = resolveGraph(model, data)
  expect(faults).toEqual([])
  const built = buildModel(tf, graph, 0)
  const weights = await (await readModelFile(weightsFrom)).weights(tf)
  putWeights(tf, built.layers, weights, { source: weightsFrom, layers: null })
  return built
}

function expectSame(built: BuiltModel, inputs: readonly Numbers[], outputs: readonly (readonly number[])[]): void {
  const ours = predict(built, inputs)
  expect(ours).toHaveLength(outputs.length)
  expect(Math.max(...ours.map((own, output) => distance(own, outputs[output] ?? [])))).toBeLessThan(1e-5)
}

describe('what Minima writes it reads', () => {
  let folder: TemporaryFolder
  beforeEach(() => void (folder = temporaryFolder()))
  afterEach(() => folder.delete())

  const all = [
    ...CASES.map((of) => ({ name: of.name, graph: graphOfCase(of), below: of.below })),
    ...GRAPHS.map(({ name, graph }) => ({ name, graph, below: undefined })),
  ]
  it.each(all)('$name', async ({ graph, below }) => {
    const built = buildWithWeights(graph)
    const file = join(folder.dir, 'model.keras')
    const weights = layerWeights(built)
    writeFileSync(file, await encodeKerasFile({ graph, weights, compileConfig: null }))
    const again = await imported(file)
    const [inputs] = [inputsOf(graph, below)]
    expectSame(again, inputs, predict(built, inputs))
    expect(again.graph.nodes.map(({ spec }) => spec.type).toSorted()).toEqual(
      graph.nodes.map(({ spec }) => spec.type).toSorted(),
    )
  })
})

describe('a model of TensorFlow.js', () => {
  let folder: TemporaryFolder
  beforeEach(() => void (folder = temporaryFolder()))
  afterEach(() => folder.delete())

  test('is read from its folder', async () => {
    const { layers, input, sequential } = tf
    const chain = sequential({
      layers: [
        layers.conv2d({ inputShape: [6, 5, 2], filters: 3, kernelSize: 2, activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 2, activation: 'softmax', name: 'out' }),
      ],
    })
    const [left, right] = [input({ shape: [3], name: 'left' }), input({ shape: [2], name: 'right' })]
    const shared = layers.dense({ units: 2, name: 'shared' })
    const joined = layers
      .concatenate()
      .apply([shared.apply(layers.dense({ units: 2 }).apply(left)), shared.apply(right)] as never)
    const graph = tf.model({ inputs: [left, right], outputs: layers.dense({ units: 1 }).apply(joined) as never })
    const cases = [
      { model: chain, shapes: [[4, 6, 5, 2]] },
      {
        model: graph,
        shapes: [
          [4, 3],
          [4, 2],
        ],
      },
    ]
    for (const { model, shapes } of cases) {
      await saveModel(tf, model, folder.dir, 'saved')
      const tensors = shapes.map((shape) => tf.randomNormal(shape, 0, 1, 'float32', 5))
      const inputs = tensors.map((tensor) => ({ shape: tensor.shape, values: [...tensor.dataSync()] }))
      const outputs = [model.predict(tensors)].flat().map((tensor) => [...tensor.dataSync()])
      expectSame(await imported(join(folder.dir, 'saved')), inputs, outputs)
    }
  })

  test('whose activation is called as another one of Keras 3 is refused', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ inputShape: [2], units: 1, activation: 'hardSigmoid', name: 'gate' })],
    })
    await saveModel(tf, model, folder.dir, 'saved')
    await expect(imported(join(folder.dir, 'saved'))).rejects.toThrow(
      'gate: hard_sigmoid was max(0, min(1, 0.2 x + 0.5))',
    )
  })

  test('of a graph, or without its weights, is refused', async () => {
    mkdirSync(join(folder.dir, 'other'))
    writeFileSync(join(folder.dir, 'other/model.json'), JSON.stringify({ format: 'graph-model', modelTopology: {} }))
    await expect(readModelFile(join(folder.dir, 'other'))).rejects.toThrow('this is no LayersModel')
    await expect(readModelFile(join(folder.dir, 'nothing'))).rejects.toThrow('the model cannot be read')
  })
})

test('files that are no models say so', async () => {
  const folder = temporaryFolder()
  try {
    const path = (name: string, content: string): string => {
      writeFileSync(join(folder.dir, name), content)
      return join(folder.dir, name)
    }
    await expect(readModelFile(path('a.keras', 'nonsense'))).rejects.toThrow('this is no whole ZIP archive')
    await expect(readModelFile(path('a.h5', 'nonsense'))).rejects.toThrow('this is no HDF5 file')
    await expect(readModelFile(path('a.json', 'nonsense'))).rejects.toThrow('what it says of the model is no JSON')
    await expect(readModelFile(path('a.onnx', 'nonsense'))).rejects.toThrow('expected a .keras or .h5 file')
  } finally {
    folder.delete()
  }
})

interface Written {
  readonly name: string
  readonly file: string
  readonly inputs: Numbers[]
  readonly outputs: number[][]
}

describeWithKeras('what Keras writes', () => {
  const folder = temporaryFolder()
  let models: Written[] = []
  beforeAll(async () => {
    await runKeras('write-models.py', folder.dir)
    models = JSON.parse(readFileSync(join(folder.dir, 'models.json'), 'utf8')) as Written[]
  }, PYTHON_TIMEOUT_MS)
  afterAll(() => folder.delete())

  /** All that fail, by name, so that one does not hide the others. */
  async function failures(of: (model: Written, path: (suffix: string) => string) => Promise<void>): Promise<string[]> {
    const failed: string[] = []
    for (const model of models) {
      const path = (suffix: string): string => join(folder.dir, `${model.file}${suffix}`)
      await of(model, path).catch((error: Error) => failed.push(`${model.name} (${model.file}): ${error.message}`))
    }
    return failed
  }

  test('as .keras is read, every kind of layer', async () => {
    expect(models.length).toBeGreaterThan(100)
    const failed = await failures(async ({ inputs, outputs }, path) =>
      expectSame(await imported(path('.keras')), inputs, outputs),
    )
    expect(failed).toEqual([])
  })

  test('as .h5 is read, every kind of layer', async () => {
    const failed = await failures(async ({ inputs, outputs }, path) =>
      expectSame(await imported(path('.h5')), inputs, outputs),
    )
    expect(failed).toEqual([])
  })

  test('as weights alone is read by the names of layers', async () => {
    const failed = await failures(async ({ inputs, outputs }, path) =>
      expectSame(await imported(path('.keras'), path('.weights.h5')), inputs, outputs),
    )
    expect(failed).toEqual([])
    await expect(
      importModelFile({ type: 'import', file: join(folder.dir, '0.weights.h5'), baseDir: '/' }),
    ).rejects.toThrow('it has weights alone')
  })

  test('keeps loss, optimizer and metrics', async () => {
    const of = models.find(({ name }) => name === 'compiled')
    for (const suffix of ['.keras', '.h5']) {
      const { text } = await importModelFile({
        type: 'import',
        file: join(folder.dir, `${of?.file}${suffix}`),
        baseDir: folder.dir,
      })
      const { model, fit } = parse(text) as { model: unknown; fit: Record<string, unknown> }
      expect(model).toEqual({
        layers: [{ type: 'dense', name: expect.stringMatching(/^dense/) as string, units: 3, activation: 'softmax' }],
        initialWeights: { file: `${of?.file}${suffix}` },
      })
      expect(fit).toEqual({
        loss: { type: 'categoricalCrossentropy', labelSmoothing: 0.1 },
        optimizer: {
          type: 'sgd',
          learningRate: {
            type: 'exponentialDecay',
            initialLearningRate: 0.1,
            decaySteps: 10,
            decayRate: 0.9,
            staircase: false,
          },
          momentum: 0.9,
        },
        metrics: ['accuracy', 'auc', { type: 'topKCategoricalAccuracy', k: 2 }],
      })
      const data = { source: 'inline', columns: ['x', 'y'], rows: [[1, 2]], target: 'y' }
      expect(experiment.safeParse({ data, model, fit }).error).toBeUndefined()
    }
  })

  test('is refused where it is code, or a layer that Minima lacks, all at once', async () => {
    const refusal = async (name: string): Promise<string> =>
      importModelFile({ type: 'import', file: join(folder.dir, name), baseDir: '/' }).then(
        () => 'taken',
        (error: Error) => error.message.replaceAll(folder.dir, ''),
      )
    expect(await refusal('refused.keras')).toBe(
      [
        'Minima cannot say the model in /refused.keras:',
        'lambda is a Lambda: it is code, which Minima never runs',
        "own is mine>Own, a class of somebody's own: it is code, which Minima never runs",
        'time_distributed: Minima has no layer TimeDistributed',
      ].join('\n'),
    )
    expect(await refusal('ops.keras')).toContain("none of Keras's layers: it is code, which Minima never runs")
    expect(await refusal('nested.keras')).toContain('inner is a model within the model (Sequential)')
  })
})
