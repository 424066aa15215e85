/** Pooling, channels last. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import type { LayerKind } from '../layer-kind.ts'
import { lastOf, NO_WEIGHTS } from '../layer-kind.ts'
import { configOf, customLayer } from './custom.ts'
import { assertChannelsLast, perDimension, slide, type Dimensions } from './window.ts'

type PoolType = `${'max' | 'average'}Pooling${Dimensions}d`
type GlobalType = `global${'Max' | 'Average'}Pooling${Dimensions}d`

function pooling<T extends PoolType>(of: 'max' | 'average', dimensions: Dimensions): LayerKind<T> {
  /** Windows stand side by side unless strides are given. */
  const windowOf = (spec: LayerOf<PoolType>) => ({
    poolSize: perDimension(spec.poolSize, dimensions),
    strides: perDimension(spec.strides ?? spec.poolSize, dimensions),
  })
  return {
    autoName: `${of}_pooling${dimensions}d`,
    outputShape(spec: LayerOf<PoolType>, input) {
      assertChannelsLast(input, dimensions)
      const { poolSize, strides } = windowOf(spec)
      return [...slide(input, poolSize, strides, spec.padding), lastOf(input)]
    },
    weights: NO_WEIGHTS,
    build(tf, spec: LayerOf<PoolType>, args) {
      const { poolSize, strides } = windowOf(spec)
      const { padding } = spec
      const { layers } = tf
      if (dimensions === 1) {
        const settings = { ...args, poolSize: poolSize[0] ?? 1, strides: strides[0] ?? 1, padding }
        return of === 'max' ? layers.maxPooling1d(settings) : layers.averagePooling1d(settings)
      }
      const settings = { ...args, poolSize, strides, padding, dataFormat: 'channelsLast' } as never
      if (dimensions === 2) return of === 'max' ? layers.maxPooling2d(settings) : layers.averagePooling2d(settings)
      return of === 'max' ? layers.maxPooling3d(settings) : layers.averagePooling3d(settings)
    },
  }
}

export const maxPooling1d = pooling<'maxPooling1d'>('max', 1)
export const maxPooling2d = pooling<'maxPooling2d'>('max', 2)
export const maxPooling3d = pooling<'maxPooling3d'>('max', 3)
export const averagePooling1d = pooling<'averagePooling1d'>('average', 1)
export const averagePooling2d = pooling<'averagePooling2d'>('average', 2)
export const averagePooling3d = pooling<'averagePooling3d'>('average', 3)

function globalPooling<T extends GlobalType>(of: 'max' | 'average', dimensions: Dimensions): LayerKind<T> {
  const axes = Array.from({ length: dimensions }, (_, index) => index + 1)
  const kind: LayerKind<T> = {
    autoName: `global_${of}_pooling${dimensions}d`,
    outputShape(spec: LayerOf<GlobalType>, input) {
      assertChannelsLast(input, dimensions)
      return [...(spec.keepdims ? axes.map(() => 1) : []), lastOf(input)]
    },
    weights: NO_WEIGHTS,
    build: (tf, spec: LayerOf<GlobalType>, args, _noise, input) =>
      customLayer(tf, args, {
        className: `Global${of === 'max' ? 'Max' : 'Average'}Pooling${dimensions}D`,
        config: configOf(spec),
        outputShape: kind.outputShape(spec as never, input),
        call: (values) => (of === 'max' ? tf.max(values, axes, spec.keepdims) : tf.mean(values, axes, spec.keepdims)),
      }),
  }
  return kind
}

export const globalMaxPooling1d = globalPooling<'globalMaxPooling1d'>('max', 1)
export const globalMaxPooling2d = globalPooling<'globalMaxPooling2d'>('max', 2)
export const globalMaxPooling3d = globalPooling<'globalMaxPooling3d'>('max', 3)
export const globalAveragePooling1d = globalPooling<'globalAveragePooling1d'>('average', 1)
export const globalAveragePooling2d = globalPooling<'globalAveragePooling2d'>('average', 2)
export const globalAveragePooling3d = globalPooling<'globalAveragePooling3d'>('average', 3)
