/** The layers an experiment file can stack, by Keras's names in camelCase, with Keras's defaults. */
import { z } from 'zod'
import { activation } from './activation.ts'
import { mergingLayers } from './merging.ts'
import { expected, flag, nonNegative, oneOf, positive, positiveInt, rate, text } from './expected.ts'

export { activation, type Activation } from './activation.ts'

export const initializer = oneOf([
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'leCunUniform',
  'leCunNormal',
  'randomUniform',
  'randomNormal',
  'zeros',
  'ones',
])

const regularizer = z
  .strictObject({ l1: nonNegative.default(0), l2: nonNegative.default(0) })
  .describe('penalty on the kernel')
const name = {
  name: text.regex(/^[A-Za-z0-9_.-]+$/, expected('letters, digits, _ . or -')).optional(),
  from: z
    .union([text, z.array(text).min(1)], expected('the name of an input or a layer, or a list of names'))
    .optional()
    .describe('what it takes: the name of an input or of a layer above; default: the layer before'),
}
const kernel = {
  activation: activation.default('linear'),
  useBias: flag.default(true),
  kernelInitializer: initializer.default('glorotUniform'),
  biasInitializer: initializer.default('zeros'),
  kernelRegularizer: regularizer.optional(),
}
const sizes = (count: number) =>
  z.union(
    [positiveInt, z.array(positiveInt).length(count)],
    expected(`a positive integer, or a list of ${count} of them`),
  )
const padding = oneOf(['valid', 'same'])
  .default('valid')
  .describe('valid: windows stay within; same: as many outputs as inputs when strides are 1')
const window2d = { poolSize: sizes(2).default(2), strides: sizes(2).optional(), padding, ...name }
const conv = (dimensions: number) => ({
  filters: positiveInt,
  kernelSize: sizes(dimensions),
  strides: sizes(dimensions).default(1),
  padding,
  ...kernel,
  ...name,
})
const recurrent = { units: positiveInt, returnSequences: flag.default(false), ...name }

const OF_A_KNOWN_TYPE = {
  error: (issue: { input?: unknown }) =>
    `expected a layer with a type of ${LAYER_TYPES.join(', ')}, got ${JSON.stringify((issue.input as { type?: unknown } | null)?.type) ?? 'none'}`,
}

/** A layer with weights and settings of its own. */
export const layer = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('dense'), units: positiveInt, ...kernel, ...name }).describe('fully connected'),
    z.strictObject({ type: z.literal('flatten'), ...name }).describe('all numbers of a row in one list'),
    z
      .strictObject({ type: z.literal('reshape'), targetShape: z.array(positiveInt).min(1), ...name })
      .describe('the same numbers in another shape; images need [height, width, channels] for conv2d'),
    z.strictObject({ type: z.literal('activation'), activation, ...name }),
    z
      .strictObject({ type: z.literal('leakyReLU'), alpha: nonNegative.default(0.3), ...name })
      .describe('relu with the slope alpha below 0'),
    z
      .strictObject({ type: z.literal('dropout'), rate, ...name })
      .describe('sets a share of the numbers to 0 while training'),
    z
      .strictObject({ type: z.literal('gaussianNoise'), stddev: nonNegative, ...name })
      .describe('adds normal noise while training'),
    z.strictObject({
      type: z.literal('batchNormalization'),
      momentum: rate.default(0.99),
      epsilon: positive.default(0.001),
      ...name,
    }),
    z.strictObject({ type: z.literal('layerNormalization'), epsilon: positive.default(0.001), ...name }),
    z.strictObject({ type: z.literal('conv1d'), ...conv(1) }),
    z.strictObject({ type: z.literal('conv2d'), ...conv(2) }),
    z.strictObject({ type: z.literal('maxPooling2d'), ...window2d }),
    z.strictObject({ type: z.literal('averagePooling2d'), ...window2d }),
    z.strictObject({ type: z.literal('globalAveragePooling2d'), ...name }).describe('the mean of each channel'),
    z
      .strictObject({ type: z.literal('embedding'), inputDim: positiveInt, outputDim: positiveInt, ...name })
      .describe('a list of outputDim numbers for each whole number below inputDim'),
    z.strictObject({ type: z.literal('simpleRNN'), ...recurrent }),
    z.strictObject({ type: z.literal('lstm'), ...recurrent }),
    z.strictObject({ type: z.literal('gru'), ...recurrent }),
    ...mergingLayers(name),
  ],
  OF_A_KNOWN_TYPE,
)
export type LayerSpec = z.infer<typeof layer>
export type LayerType = LayerSpec['type']
export type LayerOf<T extends LayerType> = Extract<LayerSpec, { type: T }>

const shared = z
  .strictObject({ type: z.literal('shared'), layer: text.describe('its name'), ...name })
  .describe('a layer above, applied once more with the same weights')

/** An entry of the list of layers. */
export const layerEntry = z.discriminatedUnion('type', [...layer.options, shared], OF_A_KNOWN_TYPE)
export type LayerEntry = z.infer<typeof layerEntry>

export const LAYER_TYPES: readonly string[] = layerEntry.options.map((option) => option.shape.type.value)
