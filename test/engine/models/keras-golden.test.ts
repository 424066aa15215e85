/** Layers and first weights, held against what Keras 3 computed: every `ops_*.json`. */
import { beforeAll, describe, expect, it } from 'vitest'
import { initializer, layer as layerSchema } from '../../../src/contract/experiment/layers.ts'
import type { LayerSpec } from '../../../src/contract/experiment/layers.ts'
import { createRandom } from '../../../src/main/engine/data/random.ts'
import { refusalOf } from '../../../src/main/engine/models/backend-limits.ts'
import {
  constraint as constraintSchema,
  regularizer as regularizerSchema,
  type Initializer,
} from '../../../src/contract/experiment/layers/weights.ts'
import { constrainBy } from '../../../src/main/engine/models/constraints.ts'
import { drawOf } from '../../../src/main/engine/models/initial-weights.ts'
import { penaltyOf } from '../../../src/main/engine/models/regularizers.ts'
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
  adapt?: unknown[]
  [GRADIENT]?: { x: Nested[]; weights?: Nested[][] }
}
interface InitializerGolden {
  /** Absent in records that are not draws. */
  initializer?: string
  config?: Record<string, unknown>
  value?: number[][]
  check?: string
  shape: number[]
  mean: number
  std: number
  min: number
  max: number
}
interface Ops {
  layers: LayerGolden[]
  initializers: InitializerGolden[]
  regularizers: { regularizer: string; config: Record<string, unknown>; w: Nested[]; penalty: number }[]
  constraints: { constraint: string; config: Record<string, unknown>; w: Nested[]; y: Nested[] }[]
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** Classes whose types are not their names with a small first letter. */
const TYPES: Readonly<Record<string, string>> = {
  ReLU: 'relu',
  PReLU: 'prelu',
  ELU: 'elu',
  LSTM: 'lstm',
  GRU: 'gru',
  RMSNormalization: 'rmsNormalization',
}

/** `MaxPooling2D` → `maxPooling2d`. */
function typeName(kerasClass: string): string {
  return TYPES[kerasClass] ?? (kerasClass.charAt(0).toLowerCase() + kerasClass.slice(1)).replace(/(\d)D/, '$1d')
}

function camelKeys(config: Record<string, unknown>): Record<string, unknown> {
  const spoken = (key: string, value: unknown): unknown => (key === 'output_mode' ? camel(String(value)) : value)
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camel(key), spoken(key, value)]))
}

/** The layer as an experiment file would have it; null when files cannot say it. */
function specOf(golden: LayerGolden): LayerSpec | null {
  const parsed = layerSchema.safeParse({ type: typeName(golden.layer), ...camelKeys(golden.config ?? {}) })
  const learns = golden.adapt !== undefined && golden.layer !== 'Normalization' // see lookup.test.ts
  return parsed.success && golden.y !== undefined && !learns ? parsed.data : null
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
  const wanted = tensor(golden.y ?? [])
  expectClose(tf.reshape(forward.output(x, training), wanted.shape), wanted)
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
    const given = tensor(golden.x)
    // Rows of one number each.
    const x = given.rank === 1 ? tf.reshape(given, [-1, 1]) : given
    const input = x.shape.slice(1)
    const before = layerSchema.parse({ type: 'dense', units: input.at(-1) })
    const refused = refusalOf(backend, { layers: [before, spec], shapes: [input, input], index: 1 })
    if (refused === null) expectLayer(golden, spec, x)
    // Max pooling is wrong for some inputs only.
    else if (spec.type !== 'maxPooling2d') expect(() => expectLayer(golden, spec, x)).toThrow()
  })

  const initializers = goldens.initializers.flatMap((golden) => {
    const spec = initializerOf(golden)
    return spec === null ? [] : [{ ...golden, name: golden.initializer ?? '', spec }]
  })
  it.each(initializers)('first weights $name $shape', ({ spec, shape, mean, std, min, max, value, check }) => {
    const drawn = drawOf(spec)(shape, createRandom(1))
    if (value) return expect(Array.from(drawn)).toEqual(value.flat(9))
    if (check) return expectOrthonormal(drawn, shape)
    const average = drawn.reduce((sum, one) => sum + one, 0) / drawn.length
    const deviation = Math.sqrt(drawn.reduce((sum, one) => sum + (one - average) ** 2, 0) / drawn.length)
    const bound = Math.max(-min, max)
    expect(Math.abs(average - mean)).toBeLessThan(6 * (std / Math.sqrt(drawn.length)) + 1e-7)
    expect(Math.abs(deviation - std)).toBeLessThan(0.01 * std + 1e-7)
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThan(bound * 1.3 + 1e-7)
  })

  it.each(goldens.regularizers.map((of, index) => ({ ...of, index })))('regularizer $index: $regularizer', (of) => {
    const type = camel(of.regularizer.replace('l1_l2', 'l1l2').replace('orthogonal_regularizer', 'orthogonal'))
    const spec = regularizerSchema.parse({ type, ...camelKeys(of.config) })
    expectClose(tf.reshape(penaltyOf(spec)(tf, tensor(of.w)), [1]), [of.penalty])
  })

  it.each(goldens.constraints.map((of, index) => ({ ...of, index })))('constraint $index: $constraint', (of) => {
    const spec = constraintSchema.parse({ type: camel(of.constraint), ...camelKeys(of.config) })
    expectClose(constrainBy(tf, spec)(tensor(of.w)), of.y)
  })

  it('has all layers', () => {
    const missing = goldens.layers.filter((golden) => golden.y !== undefined && specOf(golden) === null)
    expect(missing.filter(({ adapt }) => adapt === undefined).map(({ layer }) => layer)).toEqual([])
  })
})

/** Settings that Minima's initializers have; Keras's axes are those of every weight here. */
function initializerOf({ initializer: name = '', config = {} }: InitializerGolden): Initializer | null {
  const plain = camel(name).replace('lecun', 'leCun')
  const settings = Object.fromEntries(Object.entries(config).filter(([key]) => !key.endsWith('_axes')))
  if (Object.keys(settings).length === 0) return initializer.safeParse(plain).data ?? null
  const type = plain.startsWith('varianceScaling')
    ? 'varianceScaling'
    : plain.replace(/0\.3$|_.*/, '').replace(/[^a-zA-Z]+$/, '')
  const spoken = Object.entries(settings).map(([key, value]) => [
    camel(key),
    typeof value === 'string' ? camel(value) : value,
  ])
  return initializer.safeParse({ type, ...Object.fromEntries(spoken) }).data ?? null
}

function expectOrthonormal(drawn: Float32Array, shape: number[]): void {
  const matrix = tf.tensor(drawn, shape)
  expectClose(tf.matMul(matrix as never, matrix as never, true, false), tf.eye(shape.at(-1) ?? 1))
}
