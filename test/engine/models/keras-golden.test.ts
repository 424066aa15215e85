/** Layers and first weights, held against what Keras 3 computed: every `ops_*.json`. */
import { beforeAll, describe, expect, it } from 'vitest'
import { initializer, layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import type { LayerSpec } from '../../../src/contract/experiment/layers.ts'
import { createRandom } from '../../../src/main/engine/data/random.ts'
import { refusalOf } from '../../../src/main/engine/models/backend-limits.ts'
import { INITIALIZERS } from '../../../src/main/engine/models/initial-weights.ts'
import { lossDefaults } from '../../../src/contract/experiment/losses.ts'
import type { Scalar, Tensor } from '../../../src/main/engine/models/tf.ts'
import { noGoldens, readGoldens } from '../../parity/goldens.ts'
import { BACKENDS, tf, useBackend } from './load-tf.ts'
import { buildChain, chainForward } from '../../support/chain.ts'
import { buildModel } from '../../../src/main/engine/models/build-model.ts'
import { createForward } from '../../../src/main/engine/models/forward.ts'
import { inputsTakenBy } from '../../../src/main/engine/models/layer-kinds.ts'
import { resolveGraph } from '../../../src/main/engine/models/model-graph.ts'

type Nested = number | Nested[]
const GRADIENT = 'grad_of_sum(y[i]*(i+1))'
interface LayerGolden {
  layer: string
  config?: Record<string, unknown>
  x: Nested[]
  y?: Nested[]
  weights?: Nested[][]
  training?: boolean | null
  weights_after?: Nested[][]
  [GRADIENT]?: { x: Nested[]; weights?: Nested[][] }
}
interface InitializerGolden {
  /** Absent in records that are not draws. */
  initializer?: string
  shape: number[]
  mean: number
  std: number
  min: number
  max: number
}
interface Ops {
  layers: LayerGolden[]
  initializers: InitializerGolden[]
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** `MaxPooling2D` → `maxPooling2d`. */
function typeName(kerasClass: string): string {
  return (kerasClass.charAt(0).toLowerCase() + kerasClass.slice(1)).replace(/(\d)D$/, '$1d')
}

function camelKeys(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camel(key), value]))
}

/** The layer as an experiment file would have it; null when files cannot say it. */
function specOf(golden: LayerGolden): LayerSpec | null {
  const parsed = layerSchema.safeParse({ type: typeName(golden.layer), ...camelKeys(golden.config ?? {}) })
  return parsed.success && golden.y !== undefined && golden.weights !== undefined ? parsed.data : null
}

function tensor(values: Nested[]): Tensor {
  return tf.tensor(values as number[], undefined, 'float32')
}

function expectClose(actual: Tensor, expected: Nested[] | Tensor): void {
  const wanted = Array.isArray(expected) ? tensor(expected) : expected
  expect(actual.shape).toEqual(wanted.shape)
  const scale = Math.max(1, ...wanted.dataSync().map(Math.abs))
  const worst = Math.max(...tf.abs(tf.sub(actual, wanted)).dataSync())
  expect(worst / scale).toBeLessThan(2e-6)
}

/** Σ y[i] (i + 1), whose gradient the goldens hold. */
function weightedSum(y: Tensor): Tensor {
  return tf.sum(tf.mul(tf.reshape(y, [-1]), tf.range(1, y.size + 1)))
}

/** Output and gradients of the input and of all weights. */
function expectLayer(golden: LayerGolden, spec: LayerSpec, x: Tensor): void {
  const model = buildChain(tf, [spec], x.shape.slice(1), 0)
  model.setWeights((golden.weights ?? []).map(tensor))
  const forward = chainForward(tf, model, [spec], 'meanSquaredError')
  const training = golden.training === true
  expectClose(forward.output(x, training), golden.y ?? [])
  golden.weights_after?.forEach((weight, index) => {
    expectClose(model.getWeights()[index] ?? x, weight)
  })
  const gradients = golden[GRADIENT]
  const ofWeights = (): ReturnType<typeof tf.variableGrads> =>
    tf.variableGrads(() => weightedSum(forward.output(x, training)) as Scalar)
  if (gradients === undefined) {
    // Keras gave no gradient of an embedding; that there is one shows that it trains.
    if (forward.trainable.length > 0) ofWeights()
    return
  }
  expectClose(tf.grad((input) => weightedSum(forward.output(input, training)))(x), gradients.x)
  if (forward.trainable.length === 0) return
  const { grads } = ofWeights()
  forward.trainable.forEach(({ variable }, index) => {
    expectClose(grads[variable.name] ?? x, gradients.weights?.[index] ?? [])
  })
}

/** Output of a layer of several inputs, which are columns of one table here. */
function expectMerged(golden: LayerGolden, spec: LayerSpec): void {
  const inputs = golden.x.map((x) => tensor(x as Nested[]))
  const names = inputs.map((_, index) => `in${index}`)
  const columns = inputs.map(({ shape: [, width = 1] }, index) =>
    Array.from({ length: width }, (_, at) => `in${index}=${at}`),
  )
  const { graph, faults } = resolveGraph(
    { inputs: Object.fromEntries(names.map((name) => [name, [name]])), layers: [{ ...spec, from: names }] },
    { featureShape: [columns.flat().length], featureNames: columns.flat() },
  )
  expect(faults).toEqual([])
  const [y] = createForward(tf, buildModel(tf, graph, 0), [lossDefaults('meanSquaredError')]).outputs(
    tf.concat(inputs, 1),
    false,
  )
  expectClose(y as Tensor, golden.y ?? [])
}

const files = readGoldens<Ops>('ops')
if (files.length === 0) it('every ops_*.json', ({ skip }) => skip(noGoldens('ops')))
const cases = files.flatMap((of) => BACKENDS.map((backend) => ({ ...of, backend })))

describe.each(cases)('Keras on $backend: $file', ({ golden: goldens, backend }) => {
  beforeAll(() => useBackend(backend))

  const layers = goldens.layers.flatMap((golden) => {
    const spec = specOf(golden)
    return spec === null ? [] : [{ name: golden.layer, config: JSON.stringify(golden.config ?? {}), golden, spec }]
  })
  it.each(layers)('layer $name $config', ({ golden, spec }) => {
    if (inputsTakenBy(spec) !== 1) return expectMerged(golden, spec)
    const x = tensor(golden.x)
    const input = x.shape.slice(1)
    const before = layerSchema.parse({ type: 'dense', units: input.at(-1) })
    const refused = refusalOf(backend, { layers: [before, spec], shapes: [input, input], index: 1 })
    if (refused === null) expectLayer(golden, spec, x)
    // Max pooling is wrong for some inputs only.
    else if (spec.type !== 'maxPooling2d') expect(() => expectLayer(golden, spec, x)).toThrow()
  })

  const initializers = goldens.initializers.flatMap((golden) => {
    const name = initializer.safeParse(camel(golden.initializer ?? '').replace('lecun', 'leCun'))
    return name.success ? [{ ...golden, name: name.data }] : []
  })
  it.each(initializers)('first weights $name $shape', ({ name, shape, mean, std, min, max }) => {
    const drawn = INITIALIZERS[name](shape, createRandom(1))
    const average = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
    const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + (value - average) ** 2, 0) / drawn.length)
    const bound = Math.max(-min, max)
    expect(Math.abs(average - mean)).toBeLessThan(6 * (std / Math.sqrt(drawn.length)) + 1e-9)
    expect(Math.abs(deviation - std)).toBeLessThan(0.01 * std + 1e-9)
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThan(bound * 1.3 + 1e-9)
  })
})
