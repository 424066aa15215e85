/** Pooling, cropping, padding and growing, channels last. */
import { z } from 'zod'
import { expected, flag, naturalInt, oneOf, positiveInt } from '../expected.ts'
import { named, padding, sizes } from './parts.ts'

const window = (dimensions: number) => ({
  poolSize: sizes(dimensions).default(2),
  strides: sizes(dimensions).optional(),
  padding,
  ...named,
})
const global = { keepdims: flag.default(false).describe('keep the dimensions, with a size of 1'), ...named }

const pair = z.array(naturalInt).length(2)
/** A number for all sides, one for each dimension, or [before, after] for each. */
const edges = (dimensions: number) =>
  dimensions === 1
    ? z.union([naturalInt, pair], expected('an integer of 0 or more, or [before, after]'))
    : z.union(
        [naturalInt, z.array(naturalInt).length(dimensions), z.array(pair).length(dimensions)],
        expected(`an integer of 0 or more, a list of ${dimensions} of them, or of ${dimensions} [before, after]`),
      )

export const poolingLayers = [
  z.strictObject({ type: z.literal('maxPooling1d'), ...window(1) }),
  z.strictObject({ type: z.literal('maxPooling2d'), ...window(2) }),
  z.strictObject({ type: z.literal('maxPooling3d'), ...window(3) }),
  z.strictObject({ type: z.literal('averagePooling1d'), ...window(1) }),
  z.strictObject({ type: z.literal('averagePooling2d'), ...window(2) }),
  z.strictObject({ type: z.literal('averagePooling3d'), ...window(3) }),
  z.strictObject({ type: z.literal('globalAveragePooling1d'), ...global }).describe('the mean of each channel'),
  z.strictObject({ type: z.literal('globalAveragePooling2d'), ...global }).describe('the mean of each channel'),
  z.strictObject({ type: z.literal('globalAveragePooling3d'), ...global }).describe('the mean of each channel'),
  z.strictObject({ type: z.literal('globalMaxPooling1d'), ...global }).describe('the greatest of each channel'),
  z.strictObject({ type: z.literal('globalMaxPooling2d'), ...global }).describe('the greatest of each channel'),
  z.strictObject({ type: z.literal('globalMaxPooling3d'), ...global }).describe('the greatest of each channel'),
  z.strictObject({ type: z.literal('cropping1d'), cropping: edges(1).default(1), ...named }),
  z.strictObject({ type: z.literal('cropping2d'), cropping: edges(2).default(0), ...named }),
  z.strictObject({ type: z.literal('cropping3d'), cropping: edges(3).default(1), ...named }),
  z.strictObject({ type: z.literal('zeroPadding1d'), padding: edges(1).default(1), ...named }),
  z.strictObject({ type: z.literal('zeroPadding2d'), padding: edges(2).default(1), ...named }),
  z.strictObject({ type: z.literal('zeroPadding3d'), padding: edges(3).default(1), ...named }),
  z.strictObject({ type: z.literal('upSampling1d'), size: sizes(1).default(2), ...named }),
  z.strictObject({
    type: z.literal('upSampling2d'),
    size: sizes(2).default(2),
    interpolation: oneOf(['nearest', 'bilinear']).default('nearest'),
    ...named,
  }),
  z.strictObject({ type: z.literal('upSampling3d'), size: sizes(3).default(2), ...named }),
  z
    .strictObject({
      type: z.literal('resizing'),
      height: positiveInt,
      width: positiveInt,
      interpolation: oneOf(['bilinear', 'nearest']).default('bilinear'),
      ...named,
    })
    .describe('images brought to a size'),
  z
    .strictObject({ type: z.literal('centerCrop'), height: positiveInt, width: positiveInt, ...named })
    .describe('the middle of images'),
] as const
