/** Pooling over height and width, channels last. */
import type { LayerOf } from '../../../../contract/experiment/layers.ts'
import type { LayerKind, Shape } from '../layer-kind.ts'
import { lastOf, NO_WEIGHTS } from '../layer-kind.ts'
import { assertChannelsLast, perDimension, slide } from './window.ts'

type PoolSpec = LayerOf<'maxPooling2d'> | LayerOf<'averagePooling2d'>

function outputShape(spec: PoolSpec, input: Shape): Shape {
  assertChannelsLast(input, 2)
  const { poolSize, strides } = poolArgs(spec)
  return [...slide(input, poolSize, strides, spec.padding), lastOf(input)]
}

/** Windows stand side by side unless strides are given. */
function poolArgs(spec: PoolSpec) {
  const pair = (sizes: number | readonly number[]): [number, number] => {
    const [height = 1, width = 1] = perDimension(sizes, 2)
    return [height, width]
  }
  return {
    poolSize: pair(spec.poolSize),
    strides: pair(spec.strides ?? spec.poolSize),
    padding: spec.padding,
    dataFormat: 'channelsLast',
  } as const
}

export const maxPooling2d: LayerKind<'maxPooling2d'> = {
  autoName: 'max_pooling2d',
  outputShape,
  weights: NO_WEIGHTS,
  build: (tf, spec, args) => tf.layers.maxPooling2d({ ...args, ...poolArgs(spec) }),
}

export const averagePooling2d: LayerKind<'averagePooling2d'> = {
  autoName: 'average_pooling2d',
  outputShape,
  weights: NO_WEIGHTS,
  build: (tf, spec, args) => tf.layers.averagePooling2d({ ...args, ...poolArgs(spec) }),
}

export const globalAveragePooling2d: LayerKind<'globalAveragePooling2d'> = {
  autoName: 'global_average_pooling2d',
  outputShape(_spec, input) {
    assertChannelsLast(input, 2)
    return [lastOf(input)]
  },
  weights: NO_WEIGHTS,
  build: (tf, _spec, args) => tf.layers.globalAveragePooling2d({ ...args, dataFormat: 'channelsLast' }),
}
