/** The layers an experiment file can stack, by Keras's names in camelCase, with Keras's defaults. */
import { z } from 'zod'
import { convolutionLayers } from './layers/convolution.ts'
import { coreLayers } from './layers/core.ts'
import { lookupLayers } from './layers/lookup.ts'
import { noiseLayers } from './layers/noise.ts'
import { normalizationLayers } from './layers/normalization.ts'
import { poolingLayers } from './layers/pooling.ts'
import { preprocessingLayers } from './layers/preprocessing.ts'
import { named } from './layers/parts.ts'
import { sequenceLayers } from './layers/sequence.ts'
import { text } from './expected.ts'
import { mergingLayers } from './merging.ts'

export { activation, type Activation } from './activation.ts'
export { initializer } from './layers/weights.ts'

const OF_A_KNOWN_TYPE = {
  error: (issue: { input?: unknown }) =>
    `expected a layer with a type of ${LAYER_TYPES.join(', ')}, got ${JSON.stringify((issue.input as { type?: unknown } | null)?.type) ?? 'none'}`,
}

/** A layer with weights and settings of its own. */
export const layer = z.discriminatedUnion(
  'type',
  [
    ...coreLayers,
    ...preprocessingLayers,
    ...lookupLayers,
    ...noiseLayers,
    ...normalizationLayers,
    ...convolutionLayers,
    ...poolingLayers,
    ...sequenceLayers,
    ...mergingLayers(named),
  ],
  OF_A_KNOWN_TYPE,
)
export type LayerSpec = z.infer<typeof layer>
export type LayerType = LayerSpec['type']
export type LayerOf<T extends LayerType> = Extract<LayerSpec, { type: T }>

const shared = z
  .strictObject({ type: z.literal('shared'), layer: text.describe('its name'), ...named })
  .describe('a layer above, applied once more with the same weights')

/** An entry of the list of layers. */
export const layerEntry = z.discriminatedUnion('type', [...layer.options, shared], OF_A_KNOWN_TYPE)
export type LayerEntry = z.infer<typeof layerEntry>

export const LAYER_TYPES: readonly string[] = layerEntry.options.map((option) => option.shape.type.value)
