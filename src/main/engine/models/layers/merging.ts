/** Layers of several inputs. Shapes follow Keras: elementwise ones broadcast sizes of 1, concatenate adds up one axis. */
import { NO_WEIGHTS, ShapeFault, showShape, type LayerKind, type Shape } from '../layer-kind.ts'
import type { Tf, TfLayer } from '../tf.ts'

type Elementwise = 'add' | 'subtract' | 'multiply' | 'average' | 'maximum' | 'minimum'

function broadcast(left: Shape, right: Shape): Shape {
  if (left.length !== right.length) throw new ShapeFault(`as many dimensions as in ${showShape(left)}`, right)
  return left.map((size, dimension) => {
    const other = right[dimension] ?? 1
    if (size === other || other === 1) return size
    if (size === 1) return other
    throw new ShapeFault(`a shape like ${showShape(left)}`, right, 'sizes must be equal, or 1')
  })
}

function elementwise<T extends Elementwise>(type: T): LayerKind<T> {
  return {
    autoName: type,
    takes: type === 'subtract' ? 2 : 'several',
    outputShape: (_, input, others = []) => others.reduce(broadcast, input),
    weights: NO_WEIGHTS,
    build: (tf, _, args) => (type === 'subtract' ? subtractLayer(tf, args) : tf.layers[type as 'add'](args)),
  }
}

export const add = elementwise('add')
export const subtract = elementwise('subtract')
export const multiply = elementwise('multiply')
export const average = elementwise('average')
export const maximum = elementwise('maximum')
export const minimum = elementwise('minimum')

/** Dimension within a row; the batch is axis 0 of what Keras counts. */
function rowDimension(axis: number, rank: number): number {
  return axis < 0 ? rank + axis : axis - 1
}

export const concatenate: LayerKind<'concatenate'> = {
  autoName: 'concatenate',
  takes: 'several',
  outputShape({ axis }, input, others = []) {
    const along = rowDimension(axis, input.length)
    if (along < 0 || along >= input.length)
      throw new ShapeFault(`an input with an axis ${axis} besides the batch`, input)
    return others.reduce((joined, other) => {
      const alike = joined.length === other.length && joined.every((size, at) => at === along || size === other[at])
      if (!alike) throw new ShapeFault(`a shape like ${showShape(joined)} but for axis ${axis}`, other)
      return joined.with(along, (joined[along] ?? 0) + (other[along] ?? 0))
    }, input)
  },
  weights: NO_WEIGHTS,
  build: (tf, { axis }, args) => tf.layers.concatenate({ ...args, axis }),
}

export const dot: LayerKind<'dot'> = {
  autoName: 'dot',
  takes: 2,
  outputShape({ axes }, input, [other = []] = []) {
    for (const shape of [input, other]) {
      if (shape.length !== 1 && shape.length !== 2) throw new ShapeFault('a row of one or two dimensions', shape)
    }
    const [ofLeft, ofRight] = [axes].flat().length === 2 ? (axes as [number, number]) : [Number(axes), Number(axes)]
    const [left, right] = [rowDimension(ofLeft, input.length), rowDimension(ofRight, other.length)]
    if (input[left] === undefined || input[left] !== other[right]) {
      throw new ShapeFault(`as many numbers along axis ${ofRight} as in ${showShape(input)}`, other)
    }
    const shape = [...input.filter((_, at) => at !== left), ...other.filter((_, at) => at !== right)]
    return shape.length === 0 ? [1] : shape
  },
  weights: NO_WEIGHTS,
  build: (tf, { axes, normalize }, args) => tf.layers.dot({ ...args, axes, normalize }),
}

/** tfjs has no Subtract: the first, plus the second with its sign turned. */
function subtractLayer(tf: Tf, args: { name: string }): TfLayer {
  class Subtract extends tf.layers.Layer {
    static readonly className = 'Subtract'

    override computeOutputShape(shapes: (number | null)[][]): (number | null)[] {
      const [left = [], right = []] = shapes
      return left.map((size, at) => (size === 1 ? (right[at] ?? size) : size))
    }

    override call(inputs: Parameters<TfLayer['call']>[0]): ReturnType<TfLayer['call']> {
      const [left, right] = inputs as Parameters<typeof tf.sub>[0][]
      return tf.sub(left as never, right as never)
    }
  }
  tf.serialization.registerClass(Subtract)
  return new Subtract(args)
}
