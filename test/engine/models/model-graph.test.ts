import { beforeAll, describe, expect, it } from 'vitest'
import { layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import { lossDefaults } from '../../../src/contract/experiment/losses.ts'
import { model as modelSchema } from '../../../src/contract/experiment/model.ts'
import { buildModel } from '../../../src/main/engine/models/build-model.ts'
import { createForward } from '../../../src/main/engine/models/forward.ts'
import { inputsTakenBy } from '../../../src/main/engine/models/layer-kinds.ts'
import { ancestry, resolveGraph, type ModelGraph } from '../../../src/main/engine/models/model-graph.ts'
import { summarizeModel } from '../../../src/main/engine/models/summary.ts'
import type { Scalar, Tensor } from '../../../src/main/engine/models/tf.ts'
import { traceShapes } from '../../../src/main/engine/models/trace-shapes.ts'
import { tf, useBackend } from './load-tf.ts'

const MSE = lossDefaults('meanSquaredError')
const TABLE = { featureShape: [4], featureNames: ['a', 'b', 'ocean=near', 'ocean=far'] }

const WIDE_AND_DEEP = {
  inputs: { wide: ['a', 'b'], deep: ['b', 'ocean'] },
  layers: [
    { type: 'dense', units: 3, name: 'hidden', from: 'deep' },
    { type: 'dense', units: 2 },
    { type: 'concatenate', from: ['wide', 'dense'] },
    { type: 'dense', units: 1, name: 'main' },
    { type: 'dense', units: 1, name: 'aux', from: 'dense' },
  ],
  outputs: ['main', 'aux'],
}

function graphOf(spec: unknown, data: Parameters<typeof resolveGraph>[1] = TABLE): ModelGraph {
  const { graph, faults } = resolveGraph(modelSchema.parse(spec), data)
  expect(faults).toEqual([])
  return graph
}

function faultsOf(spec: unknown, data: Parameters<typeof resolveGraph>[1] = TABLE): string[] {
  return resolveGraph(modelSchema.parse(spec), data).faults.map(({ at, message }) => `${at.join('.')}: ${message}`)
}

describe('resolveGraph', () => {
  it('takes a list of layers as a chain', () => {
    expect(
      graphOf({
        layers: [
          { type: 'dense', units: 3 },
          { type: 'dense', units: 1 },
        ],
      }),
    ).toMatchObject({
      inputs: [{ name: 'input', shape: [4], positions: null }],
      nodes: [
        { name: 'dense', owner: 0, from: [{ input: 0 }] },
        { name: 'dense_1', owner: 1, from: [{ node: 0 }] },
      ],
      outputs: [{ node: 1, target: null }],
      isChain: true,
    })
  })

  it('connects inputs of columns, several inputs of a layer and several outputs', () => {
    const graph = graphOf(WIDE_AND_DEEP)
    expect(graph).toMatchObject({
      inputs: [
        { name: 'wide', shape: [2], positions: [0, 1] },
        { name: 'deep', shape: [3], positions: [1, 2, 3] },
      ],
      outputs: [{ node: 3 }, { node: 4 }],
      isChain: false,
    })
    expect(graph.nodes[2]?.from).toEqual([{ input: 0 }, { node: 1 }])
    expect(traceShapes(graph).gives).toEqual([[3], [2], [4], [1], [1]])
    expect(ancestry(graph, 4)).toEqual([0, 1, 4])
  })

  it.each([
    [
      'a name that is not there',
      { layers: [{ type: 'dense', units: 1, from: 'depe' }] },
      ['model.layers.0.from: there is no input or layer "depe"; above are input'],
    ],
    [
      'a layer that stands below',
      {
        layers: [
          { type: 'dense', units: 1, from: 'late' },
          { type: 'dense', units: 1, name: 'late' },
        ],
      },
      ['model.layers.0.from: "late" is not above this layer; a layer takes what stands before it in the list'],
    ],
    [
      'one input for a layer of several',
      { layers: [{ type: 'add', from: 'input' }] },
      ['model.layers.0.from: add takes at least 2 inputs, got 1'],
    ],
    [
      'several inputs for a layer of one',
      { layers: [{ type: 'dense', units: 1, from: ['input', 'input'] }] },
      ['model.layers.0.from: dense takes one input, got 2; put {type: concatenate} before it to join several'],
    ],
    [
      'a column that is not there',
      { inputs: { wide: ['a', 'x'] }, layers: [{ type: 'dense', units: 1 }] },
      ['model.inputs.wide.1: there is no feature column "x"; there are a, b, ocean=near, ocean=far'],
    ],
    [
      'several inputs and no from',
      { inputs: { wide: ['a'], deep: ['b'] }, layers: [{ type: 'dense', units: 1 }] },
      ['model.layers.0.from: missing; the model has several inputs, say which one: wide, deep'],
    ],
    [
      'a layer that leads nowhere',
      {
        layers: [
          { type: 'dense', units: 1 },
          { type: 'dense', units: 1, from: 'input' },
        ],
      },
      ['model.layers.0: leads to no output; name it in model.outputs, or leave it out'],
    ],
    [
      'an input that leads nowhere',
      { inputs: { wide: ['a'], deep: ['b'] }, layers: [{ type: 'dense', units: 1, from: 'deep' }] },
      ['model.inputs.wide: leads to no output'],
    ],
    [
      'an output that is no layer',
      { layers: [{ type: 'dense', units: 1 }], outputs: ['out'] },
      ['model.outputs.0: there is no layer "out"; there are dense'],
    ],
    [
      'a shared layer that is not there',
      {
        layers: [
          { type: 'dense', units: 1 },
          { type: 'shared', layer: 'twin' },
        ],
      },
      ['model.layers.1.layer: there is no layer "twin" above'],
    ],
  ])('tells of %s', (_, spec, faults) => {
    expect(faultsOf(spec)).toEqual(faults)
  })

  it('has columns only where the data has', () => {
    expect(
      faultsOf(
        { inputs: { wide: ['a'] }, layers: [{ type: 'flatten' }] },
        { featureShape: [2, 2], featureNames: null },
      ),
    ).toEqual(['model.inputs.wide: expected all: this data has no columns to choose from'])
  })
})

describe('traceShapes', () => {
  const faultOf = (...layers: object[]): string | undefined =>
    traceShapes(
      graphOf({
        layers: [
          { type: 'dense', units: 3, name: 'three' },
          { type: 'dense', units: 2, name: 'two', from: 'input' },
          ...layers,
        ],
      }),
    ).fault?.error.message

  it('tells of shapes that cannot be merged', () => {
    expect(faultOf({ type: 'add', from: ['three', 'two'] })).toBe(
      'expected a shape like [3], got [2]; sizes must be equal, or 1',
    )
    expect(faultOf({ type: 'dot', from: ['three', 'two'] })).toBe(
      'expected as many numbers along axis -1 as in [3], got [2]',
    )
    expect(faultOf({ type: 'concatenate', axis: 2, from: ['three', 'two'] })).toBe(
      'expected an input with an axis 2 besides the batch, got [3]',
    )
    expect(faultOf({ type: 'concatenate', from: ['three', 'two'] })).toBeUndefined()
  })

  it('tells of a shared layer that is given another shape', () => {
    expect(
      faultOf(
        { type: 'dense', units: 2, name: 'tower', from: 'three' },
        { type: 'shared', layer: 'tower', from: 'two' },
        { type: 'add', from: ['tower_1', 'tower'] },
      ),
    ).toBe('expected what the shared layer took at first, [3], got [2]')
  })
})

describe('a built graph', () => {
  beforeAll(() => useBackend('cpu'))
  const x = (): Tensor =>
    tf.tensor2d([
      [1, 2, 3, 4],
      [-1, 0.5, 2, -3],
    ])

  it('computes what its layers say, and predicts the same as the tfjs model that is saved', () => {
    const graph = graphOf(WIDE_AND_DEEP)
    const built = buildModel(tf, graph, 3)
    const [main, aux] = createForward(tf, built, [MSE, MSE]).outputs(x(), false)
    const wide = tf.gather(x(), tf.tensor1d([0, 1], 'int32'), 1)
    const deep = tf.gather(x(), tf.tensor1d([1, 2, 3], 'int32'), 1)
    const [mainOfModel, auxOfModel] = built.model.predict([wide, deep]) as Tensor[]
    expect(Array.from(main?.dataSync() ?? [])).toEqual(Array.from(mainOfModel?.dataSync() ?? [1]))
    expect(Array.from(aux?.dataSync() ?? [])).toEqual(Array.from(auxOfModel?.dataSync() ?? [1]))
    const [kernel, bias] = built.layers[4]?.getWeights() as [Tensor, Tensor]
    const hidden = built.layers[1]?.apply(built.layers[0]?.apply(deep) as Tensor) as Tensor
    expect(Array.from(aux?.dataSync() ?? [])).toEqual(
      Array.from(tf.add(tf.matMul(hidden as never, kernel as never), bias).dataSync()),
    )
  })

  it('has the weights of a shared layer once, and trains them from each use', () => {
    const graph = graphOf({
      inputs: { left: ['a', 'b'], right: ['ocean'] },
      layers: [
        { type: 'dense', units: 2, name: 'tower', from: 'left' },
        { type: 'shared', layer: 'tower', name: 'twin', from: 'right' },
        { type: 'subtract', from: ['tower', 'twin'] },
      ],
    })
    const built = buildModel(tf, graph, 3)
    expect(summarizeModel(graph, [4])).toMatchObject({ params: 6, trainableParams: 6 })
    expect(built.model.countParams()).toBe(6)
    const forward = createForward(tf, built, [MSE])
    expect(forward.trainable.map(({ name }) => name)).toEqual(['tower/kernel', 'tower/bias'])
    const [difference] = forward.outputs(x(), false)
    const [kernel] = built.layers[0]?.getWeights() as [Tensor]
    const apart = tf.sub(tf.slice(x(), [0, 0], [-1, 2]), tf.slice(x(), [0, 2], [-1, 2]))
    expect(
      tf.max(tf.abs(tf.sub(difference as Tensor, tf.matMul(apart as never, kernel as never)))).dataSync()[0],
    ).toBeLessThan(1e-6)
  })

  it.each([
    ['add', [5, 7]],
    ['multiply', [6, 12]],
    ['average', [2.5, 3.5]],
    ['maximum', [3, 4]],
    ['minimum', [2, 3]],
    ['subtract', [-1, -1]],
    ['dot', [18]],
    ['concatenate', [2, 3, 3, 4]],
  ])('%s', (type, wanted) => {
    const graph = graphOf({
      inputs: { left: ['b', 'ocean=near'], right: ['ocean'] },
      layers: [{ type, from: ['left', 'right'] }],
    })
    const [output] = createForward(tf, buildModel(tf, graph, 1), [MSE]).outputs(x(), false)
    expect(output?.shape).toEqual([2, ...(traceShapes(graph).gives[0] ?? [])])
    expect(Array.from(output?.dataSync() ?? []).slice(0, wanted.length)).toEqual(wanted)
  })

  it('trains every layer of several inputs on WASM as on the CPU', async () => {
    const merging = layerSchema.options
      .map(({ shape }) => shape.type.value)
      .filter((type) => inputsTakenBy({ type }) !== 1)
    const gradients = async (backend: 'cpu' | 'wasm', type: string): Promise<number[]> => {
      await useBackend(backend)
      const graph = graphOf({
        layers: [
          { type: 'dense', units: 2, name: 'left' },
          { type: 'dense', units: 2, name: 'right', from: 'input' },
          { type, from: ['left', 'right'] },
        ],
      })
      const forward = createForward(tf, buildModel(tf, graph, 1), [MSE])
      const { grads } = tf.variableGrads(() => tf.sum(tf.sin(forward.outputs(x(), true)[0] as Tensor)) as Scalar)
      return forward.trainable.flatMap(({ variable }) => Array.from(grads[variable.name]?.dataSync() ?? []))
    }
    for (const type of merging) {
      const wanted = await gradients('cpu', type)
      const actual = await gradients('wasm', type)
      expect(wanted).toHaveLength(20)
      expect(Math.max(...wanted.map((value, index) => Math.abs(value - (actual[index] ?? NaN)))), type).toBeLessThan(
        1e-5,
      )
    }
    await useBackend('cpu')
  })

  it('is listed with its inputs and what each layer is connected to', () => {
    expect(summarizeModel(graphOf(WIDE_AND_DEEP), [4]).layers).toEqual([
      { name: 'wide', type: 'input', outputShape: [2], params: 0, trainableParams: 0 },
      { name: 'deep', type: 'input', outputShape: [3], params: 0, trainableParams: 0 },
      { name: 'hidden', type: 'dense', outputShape: [3], params: 12, trainableParams: 12, connectedTo: ['deep'] },
      { name: 'dense', type: 'dense', outputShape: [2], params: 8, trainableParams: 8, connectedTo: ['hidden'] },
      {
        name: 'concatenate',
        type: 'concatenate',
        outputShape: [4],
        params: 0,
        trainableParams: 0,
        connectedTo: ['wide', 'dense'],
      },
      { name: 'main', type: 'dense', outputShape: [1], params: 5, trainableParams: 5, connectedTo: ['concatenate'] },
      { name: 'aux', type: 'dense', outputShape: [1], params: 3, trainableParams: 3, connectedTo: ['dense'] },
    ])
  })
})
