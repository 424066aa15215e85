/** The layers an experiment file can stack, by Keras's names in camelCase, with Keras's defaults. */
import { z } from 'zod'
import { convolutionLayers } from './layers/convolution.ts'
import { coreLayers } from './layers/core.ts'
import { noiseLayers } from './layers/noise.ts'
import { normalizationLayers } from './layers/normalization.ts'
import { poolingLayers } from './layers/pooling.ts'
import { preprocessingLayers } from './layers/preprocessing.ts'
import { sequenceLayers } from './layers/sequence.ts'

export { activation, type Activation } from './activation.ts'
export { initializer } from './layers/weights.ts'

export const layer = z.discriminatedUnion(
  'type',
  [
    ...coreLayers,
    ...preprocessingLayers,
    ...noiseLayers,
    ...normalizationLayers,
    ...convolutionLayers,
    ...poolingLayers,
    ...sequenceLayers,
  ],
  {
    error: (issue) =>
      `expected a layer with a type of ${LAYER_TYPES.join(', ')}, got ${JSON.stringify((issue.input as { type?: unknown } | null)?.type) ?? 'none'}`,
  },
)
export type LayerSpec = z.infer<typeof layer>
export type LayerType = LayerSpec['type']
export type LayerOf<T extends LayerType> = Extract<LayerSpec, { type: T }>

export const LAYER_TYPES: readonly string[] = layer.options.map((option) => option.shape.type.value)
